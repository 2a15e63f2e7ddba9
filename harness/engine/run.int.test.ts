// The engine with every part made up: what is started is taken down, in every way that a run can end. Real are only the files.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleResult, sampleScenario } from '../report/sample-verdict.ts';
import type { Fault, Scenario } from '../scenario/scenario.ts';
import { processState } from '../stack/process-identity.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { runMark } from '../stack/process-table.ts';
import { endpointsAt } from '../stack/running-stack.ts';
import type { RunningTarget } from '../targets/target.ts';
import { type Clock, systemClock } from './clock.ts';
import type { EngineParts, Helper } from './parts.ts';
import type { PlannedScenario } from './plan.ts';
import type { Progress } from './progress.ts';
import type { AlertsRecord, SignalsRecord } from './run-data.ts';
import { run } from './run.ts';
import type { RunVerdict } from './verdict.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-run-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const fault: Fault = { kind: 'pause', name: 'nap', at: { phase: 'only', afterSeconds: 0 }, role: 'worker', index: 0, seconds: 60 };

const plannedOf = (name: string, faults: readonly Fault[] = []): PlannedScenario => {
  const phases = [{ name: 'only', kind: 'steady', seconds: 0.01, ratePerSecond: 1 }] as const;
  const scenario = {
    name,
    title: name,
    phases,
    faults,
    traffic: {},
    drainWithinSeconds: 1,
    target: { processes: { ingest: 1, worker: 1, query: 1 } },
  };
  const plan = { format: 1, scenario: scenario as unknown as Scenario, seed: 7, plannedOperations: 1, digest: '' } as const;
  return {
    plan,
    traffic: { operations: [], durationMs: 10 },
    source: { name, phases, traffic: {} } as unknown as PlannedScenario['source'],
  };
};

type Trouble = {
  readonly targetFailsFor?: string;
  readonly databaseFails?: boolean;
  readonly stackEnds?: boolean;
  readonly driverNeverEnds?: boolean;
  readonly collectFails?: boolean;
  readonly otlpFails?: boolean;
  /** Who, once it is to be taken down, says that it can't be. */
  readonly stays?: string;
  readonly isBroken?: boolean;
  readonly checkCrashes?: boolean;
};

/** Notes what is up; `up` is empty when all has been taken down. */
const makeWorld = (trouble: Trouble = {}) => {
  const up = new Set<string>();
  const log: string[] = [];
  const helper = (role: string): Helper => {
    up.add(role);
    const dispose = async () => {
      up.delete(role);
      log.push(`${role} down`);
      if (role === trouble.stays) throw new Error(`${role} lives on`);
    };
    return { role, pid: process.pid, [Symbol.asyncDispose]: dispose };
  };
  const parts: EngineParts = {
    plan: () => plannedOf('unused'),
    startStack: async () => {
      log.push('stack up');
      const exited = trouble.stackEnds === true ? Promise.resolve('stack') : new Promise<string>(() => {});
      const { role, pid, [Symbol.asyncDispose]: dispose } = helper('stack');
      return {
        runtime: 'embedded',
        endpoints: endpointsAt('http://stack'),
        access: {},
        processes: [{ role, pid }],
        versions: {},
        readyAfterMs: { stack: 1 },
        warnings: ['made up'],
        visibleWithinMs: 0,
        exited,
        dropped: async () => 0,
        [Symbol.asyncDispose]: dispose,
      };
    },
    openTarget: async () => {
      if (trouble.databaseFails === true) throw new Error('no disk left for PostgreSQL');
      const start = async ({ scenario }: { readonly scenario: string }): Promise<RunningTarget> => {
        if (scenario === trouble.targetFailsFor) throw new Error('worker refused to start');
        const { [Symbol.asyncDispose]: dispose } = helper('system');
        return {
          ingestUrl: '',
          queryUrl: '',
          processes: () => [],
          pending: async () => [],
          [Symbol.asyncDispose]: dispose,
        } as unknown as RunningTarget;
      };
      return { ...helper('postgres'), target: { name: 'made up', start } };
    },
    startDriver: async ({ historyFile }) => {
      await writeFile(historyFile, '');
      return { ...helper('driver'), go: () => {}, done: trouble.driverNeverEnds === true ? new Promise(() => {}) : Promise.resolve() };
    },
    telemetryOf: () => ({
      send: async () => {
        if (trouble.otlpFails === true) throw new Error('connection refused by the receiver');
      },
      canary: async () => [],
      fingerprint: async () => 'the same',
      collect: async () => {
        if (trouble.collectFails === true) throw new Error('connection refused');
        return { budgets: [], finals: [], plots: [] } as unknown as SignalsRecord;
      },
      alerts: async () => ({}) as AlertsRecord,
    }),
    runFault: async ({ name, kind }, { signal, clock }) => {
      log.push('injected');
      await clock.sleep(6_000_000, signal);
      log.push('healed');
      return { fault: name, kind, injectedAt: 0, healedAt: 1, tookEffect: true, healed: true, observations: [] };
    },
    judge: async (path) => {
      const result = sampleResult('safety/lost', trouble.isBroken === true ? 'fail' : 'pass');
      return {
        verdict: sampleScenario(path.split('/').at(-1) ?? '', [result]),
        errors: trouble.checkCrashes === true ? ['safety/order crashed'] : [],
      };
    },
    writeFinalState: async () => 0,
  };
  return { parts, up, log };
};

/** Waits a twentieth of what is asked: real files need real time, the engine's own waits do not. */
const hurried: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

let runs = 0;
const start = (world: ReturnType<typeof makeWorld>, planned: readonly PlannedScenario[], signal = new AbortController().signal) => {
  const progress: Progress[] = [];
  const place = join(folder, `run-${(runs += 1)}`);
  const options = { runId: 'r', folder: place, planned, parts: world.parts, registry: {} as ProcessRegistry, clock: hurried, signal };
  return { place, progress, ended: run({ ...options, onProgress: (event) => void progress.push(event) }) };
};

describe('a run', () => {
  test('judges each scenario and leaves nothing up', async () => {
    const world = makeWorld();
    const { ended, place } = start(world, [plannedOf('one'), plannedOf('two')]);
    expect(await ended).toMatchObject({ exitCode: 0, verdict: 'pass', scenarios: [{ scenario: 'one' }, { scenario: 'two' }], errors: [] });
    expect([...world.up]).toEqual([]);
    const files = [
      'alerts.json',
      'evidence.json',
      'history.ndjson',
      'machine.ndjson',
      'plan.json',
      'signals.json',
      'timeline.json',
      'verdict.json',
    ];
    expect(await readdir(join(place, 'one'))).toEqual(expect.arrayContaining(files));
  });

  test('goes on with the next scenario when one cannot be run, and is not green', async () => {
    const world = makeWorld({ targetFailsFor: 'one' });
    const verdict = await start(world, [plannedOf('one'), plannedOf('two')]).ended;
    expect(verdict).toMatchObject({
      exitCode: 3,
      errors: [{ scenario: 'one', message: 'worker refused to start' }],
      scenarios: [{ scenario: 'two' }],
    });
    expect([...world.up]).toEqual([]);
  });

  test.each(['system', 'postgres', 'stack'])(
    'that proved a violation says so, also where the %s can not be taken down after it',
    async (stays) => {
      const world = makeWorld({ isBroken: true, stays });
      const verdict = await start(world, [plannedOf('one')]).ended;
      expect(verdict).toMatchObject({
        exitCode: 1,
        scenarios: [{ scenario: 'one', verdict: 'fail' }],
        errors: [{ scenario: 'one', message: expect.stringMatching(new RegExp(`not taken down in order: ${stays} lives on`)) as string }],
      });
      expect([...world.up]).toEqual([]);
      expect((await start(makeWorld({ stays }), [plannedOf('one')]).ended).exitCode).toBe(3);
    },
  );

  test('that is kept tells of a check that crashed before it waits', async () => {
    const { parts } = makeWorld({ checkCrashes: true });
    const told: RunVerdict[] = [];
    const options = { runId: 'r', planned: [plannedOf('one')], parts, registry: {} as ProcessRegistry, clock: hurried };
    const verdict = await run({
      ...options,
      folder: join(folder, `run-${(runs += 1)}`),
      signal: new AbortController().signal,
      onProgress: () => {},
      beforeTakedown: async (_target, whole) => void told.push(whole),
    });
    expect([...told, verdict].map(({ exitCode, errors }) => [exitCode, errors])).toEqual(
      Array.from({ length: 2 }, () => [3, [{ scenario: 'one', message: 'safety/order crashed' }]]),
    );
  });

  test('that cannot begin takes down what had begun, and says why', async () => {
    const world = makeWorld({ databaseFails: true });
    await expect(start(world, [plannedOf('one')]).ended).rejects.toThrow('no disk left for PostgreSQL');
    expect([...world.up]).toEqual([]);
  });

  test('gives the next scenario a new stack when the old one has died', async () => {
    const world = makeWorld({ stackEnds: true });
    await start(world, [plannedOf('one'), plannedOf('two')]).ended;
    expect(world.log.filter((line) => line === 'stack up')).toHaveLength(3);
    expect([...world.up]).toEqual([]);
  });

  test('without telemetry is judged all the same, with a word about it', async () => {
    const { ended, progress, place } = start(makeWorld({ collectFails: true }), [plannedOf('one')]);
    await ended;
    expect(progress).toContainEqual({ kind: 'warning', text: expect.stringContaining('connection refused') as string });
    expect(await readdir(join(place, 'one'))).not.toContain('signals.json');
  });

  test('goes on where the stack takes nothing of what the harness tells, with a word about it', async () => {
    const { ended, progress } = start(makeWorld({ otlpFails: true }), [plannedOf('one')]);
    expect(await ended).toMatchObject({ exitCode: 0, verdict: 'pass' });
    const warnings = progress.filter(({ kind }) => kind === 'warning');
    expect(warnings).toEqual([
      // The made-up stack's own.
      { kind: 'warning', text: 'made up' },
      {
        kind: 'warning',
        text: expect.stringMatching(/exports of what the harness tells of one failed.*refused by the receiver/) as string,
      },
    ]);
  });

  test.skipIf(process.platform !== 'linux')('ends what its target left behind, and names it', async () => {
    const world = makeWorld();
    // As a daemon does it: in a session of its own, and with a parent that is gone.
    const script = 'setsid sleep 61 & setsid sh -c "trap : TERM; while :; do sleep 0.02; done" stubborn-one &';
    const openTarget: EngineParts['openTarget'] = async (helper) => {
      const left = spawn('sh', ['-c', script], { stdio: 'ignore', env: { ...process.env, [runMark]: 'r' } });
      await once(left, 'exit');
      return world.parts.openTarget(helper);
    };
    const { ended, progress } = start({ ...world, parts: { ...world.parts, openTarget } }, [plannedOf('one')]);
    expect(await ended).toMatchObject({ exitCode: 0 });
    const told = progress.flatMap((event) => (event.kind === 'warning' ? [event.text] : [])).filter((text) => text.includes('left behind'));
    expect(told).toEqual(
      expect.arrayContaining([expect.stringMatching(/^sleep 61 \(pid \d+\) was left behind/), expect.stringContaining('stubborn-one')]),
    );
    const pids = told.map((text) => Number(/pid (\d+)/.exec(text)?.[1]));
    expect(pids.filter((pid) => processState(pid) !== null)).toEqual([]);
  });

  test('that is interrupted heals its faults, keeps what it knows, takes everything down and judges nothing', async () => {
    const world = makeWorld({ driverNeverEnds: true });
    const abort = new AbortController();
    const { ended, place } = start(world, [plannedOf('one', [fault]), plannedOf('two')], abort.signal);
    while (!world.log.includes('injected')) await systemClock.sleep(5);
    abort.abort();
    expect((await ended).scenarios).toEqual([]);
    expect(world.log).toContain('healed');
    expect([...world.up]).toEqual([]);
    expect(await readdir(join(place, 'one'))).toEqual(expect.arrayContaining(['evidence.json', 'timeline.json']));
  });
});
