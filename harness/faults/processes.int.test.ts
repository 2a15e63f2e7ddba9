// Faults of processes, on real Node processes that speak as those of a target do: each effect there while it lasts and gone after.
import { describe, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import type { RunningTarget, TargetProcess } from '../targets/target.ts';
import { clock } from './clock.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { crashLoop } from './crash-loop.ts';
import { descriptors } from './descriptors.ts';
import { memoryPressure } from './memory-pressure.ts';
import { restart } from './restart.ts';
import { slowStart } from './slow-start.ts';
import { openFaultWorld, partialTarget } from './testing/fault-world.ts';
import { startSmall, startSmallTarget } from './testing/small-target.ts';

const moment = { name: 'bad-process', at: { phase: 'fault', afterSeconds: 0 } } as const;
const victim = { ...moment, role: 'worker', index: 0 } as const;
const answers = async ({ address }: TargetProcess): Promise<boolean> => (await fetch(`${address}/health`)).ok;

describe('crash-loop', () => {
  test('ends a process as often as it says, and leaves one that runs', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    const evidence = await crashLoop({ kind: 'crash-loop', ...victim, times: 3, everySeconds: 0.05 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(world.notes.filter((note) => note.includes('was ended by SIGKILL'))).toHaveLength(3);
    expect(await answers(current())).toBe(true);
  });

  test('that was interrupted before its last death took no effect, and leaves one that runs', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    const abort = new AbortController();
    const running = crashLoop({ kind: 'crash-loop', ...victim, times: 3, everySeconds: 60 }, world.context(target, abort.signal));
    await expect.poll(() => world.notes.length).toBe(2);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: false, healed: true });
    expect(await answers(current())).toBe(true);
  });
});

describe('restart', () => {
  test('waits until a process has ended by itself, and leaves one that runs', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    const before = current().pid;
    expect(await restart({ kind: 'restart', ...victim }, world.context(target))).toMatchObject({ tookEffect: true, healed: true });
    expect(world.notes[0]).toMatch(/ended by itself, code 0/);
    expect(current().pid).not.toBe(before);
    expect(await answers(current())).toBe(true);
  });

  test('of a process that ends by itself with another code than 0 took effect, and shows the code, which is for a check to judge; one runs again', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget({ environment: { SMALL_EXIT_CODE: '1' } });
    const { target, current } = started;
    const before = current().pid;
    const evidence = await restart({ kind: 'restart', ...victim }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(evidence.observations[0]?.data).toMatchObject({ event: 'exited', pid: before, code: 1, signal: null });
    expect(await answers(current())).toBe(true);
  });

  test('of a process that does not stop took no effect; it is ended by force, so that one runs again', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    process.kill(current().pid, 'SIGSTOP');
    const evidence = await restart({ kind: 'restart', ...victim, withinSeconds: 0.3 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(world.notes.join()).toMatch(/still runs[^]*is gone/);
    expect(await answers(current())).toBe(true);
  });
});

describe('slow-start', () => {
  test('holds the new start up for its time', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target } = started;
    expect(await slowStart({ kind: 'slow-start', ...victim, seconds: 1.5 }, world.context(target))).toMatchObject({
      tookEffect: true,
      healed: true,
    });
  });

  test('of a target that starts as it likes took no effect', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget({ deaf: true });
    const { target } = started;
    expect(await slowStart({ kind: 'slow-start', ...victim, seconds: 10 }, world.context(target))).toMatchObject({
      tookEffect: false,
      healed: true,
    });
  });
});

describe('slow-start of a process that is slow by itself', () => {
  test('and is not held took no effect, however long it takes', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget({ deaf: true });
    const restartSlowly: RunningTarget['restart'] = async (...given) => {
      await systemClock.sleep(700);
      return started.target.restart(...given);
    };
    const evidence = await slowStart(
      { kind: 'slow-start', ...victim, seconds: 0.5 },
      world.context({ ...started.target, restart: restartSlowly }),
    );
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(world.notes.join()).toMatch(/was not held/);
  });

  test('and does not start when it is held is started again without, and nothing is claimed', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const restartUnheld: RunningTarget['restart'] = async (role, index, environment = {}) => {
      if (Object.keys(environment).length > 0) throw new Error('not ready in time');
      return started.target.restart(role, index);
    };
    const evidence = await slowStart(
      { kind: 'slow-start', ...victim, seconds: 0.5 },
      world.context({ ...started.target, restart: restartUnheld }),
    );
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(world.notes.join()).toMatch(/not ready in time/);
    expect(await answers(started.current())).toBe(true);
  });
});

describe('clock', () => {
  test.each([3_600_000, -86_400_000])('the process says a time that is %d ms off, and the right one after', async (offsetMs) => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    const evidence = await clock({ kind: 'clock', ...victim, seconds: 0.2, offsetMs, driftPpm: 200 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(Math.abs((current().saidAt ?? 0) - Date.now())).toBeLessThan(10_000);
  });

  test('a process that keeps its own time is not taken for a skewed one', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget({ deaf: true });
    const { target } = started;
    const evidence = await clock({ kind: 'clock', ...victim, seconds: 0.2, offsetMs: 60_000 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
  });

  test('of a process that had ended by itself took no effect, whatever the one says that is started in its place; one runs again', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    process.kill(current().pid, 'SIGKILL');
    await current().exited;
    const evidence = await clock({ kind: 'clock', ...victim, seconds: 0.2, offsetMs: 60_000 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(world.notes[0]).toMatch(/had ended \(SIGKILL\) before it could be killed/);
    expect(await answers(current())).toBe(true);
  });

  type Told = (name: string) => number;

  /** What the clocks of a process say that was started as the fault starts it: asked until all is as it must be, for a busy machine comes between them now and then. */
  const demandOfClocks = async (offsetMs: number, driftPpm: number, demand: (told: Told, askedAt: number) => void): Promise<void> => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, environments } = started;
    await clock({ kind: 'clock', ...victim, seconds: 0.1, offsetMs, driftPpm }, world.context(target));
    await using skewed = await startSmall('server', environments[0]);
    const ask = async () => {
      const askedAt = Date.now();
      const told = (await (await fetch(`${skewed.process.address}/clocks`)).json()) as Readonly<Record<string, number>>;
      demand((name) => told[name] ?? Number.NaN, askedAt);
      return 'as it must be';
    };
    await expect.poll(ask).toBe('as it must be');
  };
  const stretches = ['dateMs', 'performanceMs', 'bigintMs', 'hrtimeMs'];

  test('all that tells the time in a process agrees, in its threads too, and what measures stretches does not jump', async () => {
    await demandOfClocks(7_200_000, 0, (told, askedAt) => {
      for (const name of ['now', 'date', 'origin', 'thread']) expect(Math.abs(told(name) - askedAt - 7_200_000), name).toBeLessThan(5000);
      for (const name of stretches) expect(Math.abs(told(name) - 200), name).toBeLessThan(50);
    });
  });

  test('a drift is in all that measures a stretch, by the same ratio', async () => {
    await demandOfClocks(1000, 500_000, (told) => {
      for (const name of stretches) expect(told(name), name).toBeGreaterThanOrEqual(298);
      const all = stretches.map(told);
      expect(Math.max(...all) - Math.min(...all)).toBeLessThan(20);
    });
  });
});

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test('descriptors: a new client is not served while none is left, and is afterwards', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    const evidence = await descriptors({ kind: 'descriptors', ...victim, seconds: 0.3 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(await answers(current())).toBe(true);
  });

  test('descriptors: a process that still has room took no harm', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target } = started;
    const evidence = await descriptors({ kind: 'descriptors', ...victim, seconds: 0.3, spare: 50 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
  });

  test('memory-pressure: what is available falls by what is taken, and comes back', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target } = started;
    const evidence = await memoryPressure({ kind: 'memory-pressure', ...moment, seconds: 1, megabytes: 1024 }, world.context(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
  });

  test('memory-pressure: never takes more than half of what is left', async () => {
    await using world = await openFaultWorld();
    const running = memoryPressure(
      { kind: 'memory-pressure', ...moment, seconds: 1, megabytes: 10_000_000 },
      world.context(partialTarget({})),
    );
    await expect(running).rejects.toThrow(/half of them must be left/);
  });

  test('memory-pressure: ballast that never came is not seen', async () => {
    await using world = await openFaultWorld();
    const context = world.context(partialTarget({}));
    const empty = { pid: process.ppid === 0 ? 1 : 2 ** 22 + 1, exited: Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() };
    const evidence = await memoryPressure(
      { kind: 'memory-pressure', ...moment, seconds: 0.3, megabytes: 1024 },
      { ...context, startHelper: async () => empty },
    );
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
  });

  test('cpu-pressure: the target’s threads wait for a CPU, and do so less afterwards', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    const { target, current } = started;
    await fetch(`${current().address}/work`);
    const evidence = await cpuPressure({ kind: 'cpu-pressure', ...moment, seconds: 3, burners: 12 }, world.context(target));
    type Seen = { readonly before: number; readonly share: number; readonly burntCpus: number };
    const [{ before, share }, after] = evidence.observations.map(({ data }) => data) as [Seen, Seen];
    // Where others had filled the machine before, there was little left to take, and no more is claimed than was taken.
    const wasFull = before > 0.5;
    expect(evidence).toMatchObject({ tookEffect: wasFull ? share >= before + 0.1 : true });
    // Who fills the machine afterwards are not ours: those are gone.
    expect(after.burntCpus).toBe(0);
    expect(evidence.healed || wasFull || after.share > 0.5).toBe(true);
  });

  test('cpu-pressure: a target that waits for others than our burners shows none of our doing', async () => {
    await using world = await openFaultWorld();
    await using started = await startSmallTarget();
    await using idle = await startSmall('server');
    const { target, current } = started;
    await fetch(`${current().address}/work`);
    const context = world.context(target);
    const evidence = await cpuPressure(
      { kind: 'cpu-pressure', ...moment, seconds: 3, burners: 12 },
      { ...context, startHelper: async (options) => ({ ...(await context.startHelper(options)), pid: idle.process.pid }) },
    );
    expect(evidence).toMatchObject({ tookEffect: false });
  });

  test('cpu-pressure: of a target that wants no CPU nothing is seen', async () => {
    await using world = await openFaultWorld();
    const evidence = await cpuPressure({ kind: 'cpu-pressure', ...moment, seconds: 1.2, burners: 1 }, world.context(partialTarget({})));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
  });
});
