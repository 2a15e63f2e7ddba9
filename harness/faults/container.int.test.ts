// Faults of containers, on a real engine where there is one, with an image that is built here from nothing but our own Node: a registry is not asked.
// Where there is no engine they are skipped, and say so.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ContainerFault } from '../scenario/faults/container-fault.ts';
import { container } from './container.ts';
import { openFaultWorld, partialTarget } from './testing/fault-world.ts';
import { hasEngine, type NodeContainer, startNodeContainer } from './testing/node-container.ts';

describe.skipIf(!hasEngine())('a container of the target', () => {
  let started: NodeContainer;
  beforeAll(async () => {
    vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
    started = await startNodeContainer();
  }, 240_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });

  const faultOf = (effect: ContainerFault['effect']): ContainerFault => ({
    kind: 'container',
    name: 'bad-container',
    at: { phase: 'fault', afterSeconds: 0 },
    container: 'server',
    effect,
    seconds: 1,
  });
  const target = () => partialTarget({ containers: () => [{ name: 'server', id: started.id }] });
  const answers = () => started.answers();

  test.each(['stop', 'pause', 'disconnect'] as const)(
    '%s: the engine says so, its clients feel it, and both are over after',
    async (effect) => {
      await using world = await openFaultWorld();
      await expect.poll(answers).toBe(true);
      const context = world.context(target());
      const felt: Promise<boolean>[] = [];
      const note = (text: string): void => void (world.notes.length === 0 && felt.push(answers()), world.notes.push(text));
      const evidence = await container(faultOf(effect), { ...context, note });
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
      expect(await Promise.all(felt)).toEqual([false]);
      await expect.poll(answers, { timeout: 5000 }).toBe(true);
    },
  );

  test('an interruption heals it at once', async () => {
    await using world = await openFaultWorld();
    const abort = new AbortController();
    const running = container({ ...faultOf('pause'), seconds: 60 }, world.context(target(), abort.signal));
    await expect.poll(() => world.notes.length).toBe(1);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
    expect(await answers()).toBe(true);
  });
});

test('a target that runs in no container is a mistake of the scenario', async () => {
  await using world = await openFaultWorld();
  const fault = {
    kind: 'container',
    name: 'x',
    at: { phase: 'fault', afterSeconds: 0 },
    container: 'server',
    effect: 'stop',
    seconds: 1,
  } as const;
  await expect(container(fault, world.context(partialTarget({})))).rejects.toThrow(/runs in none/);
});
