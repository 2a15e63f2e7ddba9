// Faults of containers, on a real engine where there is one, with an image that is built here from nothing but our own Node: a registry is not asked.
// Where there is no engine they are skipped, and say so.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ContainerFault } from '../scenario/faults/container-fault.ts';
import { container } from './container.ts';
import { openFaultWorld, partialTarget } from './testing.ts';

const hasEngine = (): boolean => {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
    return process.platform === 'linux';
  } catch {
    return false;
  }
};

const program = `require('node:http').createServer((_, answer) => answer.end('up')).listen(8080, () => console.log('listening'));`;
const dockerfile = 'FROM scratch\nCOPY root/ /\nENTRYPOINT ["/node", "/server.cjs"]\n';

/** Node, the libraries that it is linked with, and a server. */
const writeContext = async (folder: string): Promise<void> => {
  const node = await realpath(process.execPath);
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).match(/\/\S+\.so[.\d]*/g) ?? [];
  await mkdir(join(folder, 'root'));
  await copyFile(node, join(folder, 'root', 'node'));
  for (const library of libraries) {
    const place = join(folder, 'root', library);
    await mkdir(dirname(place), { recursive: true });
    await copyFile(await realpath(library), place);
  }
  await writeFile(join(folder, 'root', 'server.cjs'), program);
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
};

const image = `faultline-test-node:${process.pid}`;

describe.skipIf(!hasEngine())('a container of the target', () => {
  let started: StartedTestContainer;
  beforeAll(async () => {
    // Its reaper is an image that a registry would have to give; what is started here is ended here.
    vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
    const { GenericContainer, Wait } = await import('testcontainers');
    const folder = await mkdtemp(join(tmpdir(), 'faultline-test-image-'));
    try {
      await writeContext(folder);
      const built = await GenericContainer.fromDockerfile(folder).build(image, { deleteOnExit: false });
      started = await built.withExposedPorts(8080).withWaitStrategy(Wait.forLogMessage('listening')).start();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);
  afterAll(async () => {
    await started?.stop();
    execFileSync('docker', ['rmi', '--force', image], { stdio: 'ignore' });
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
  const target = () => partialTarget({ containers: () => [{ name: 'server', id: started.getId() }] });
  const answers = async (): Promise<boolean> => {
    // A port that the engine chose may be another after a new start.
    const port = execFileSync('docker', ['port', started.getId(), '8080'], { encoding: 'utf8' }).trim().split('\n')[0]?.split(':').at(-1);
    return fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) }).then(
      ({ ok }) => ok,
      () => false,
    );
  };

  test.each(['stop', 'pause', 'disconnect'] as const)(
    '%s: the engine says so, its clients feel it, and both are over after',
    async (effect) => {
      await using world = await openFaultWorld();
      await expect.poll(answers).toBe(true);
      const context = world.context(target());
      const felt: Promise<boolean>[] = [];
      const note = (text: string): void =>
        void (world.notes.length === 0 && felt.push(answers().catch(() => false)), world.notes.push(text));
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
