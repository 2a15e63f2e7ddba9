// Faults on real processes, with a target whose tables are made up: what counts is the evidence, and that healing always happens.
import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../engine/clock.ts';
import type { Fault } from '../scenario/scenario.ts';
import { signalProcess } from '../stack/process-identity.ts';
import type { RunningTarget, TargetProcess, VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';
import { kill } from './kill.ts';
import type { LeaseRow } from './lease-evidence.ts';
import { pause } from './pause.ts';
import { createObservations } from './observations.ts';
import { processState } from './process-state.ts';
import { restart } from './restart.ts';
import { strike } from './strike.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const startProcess = (): TargetProcess => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null }));
  const pid = child.pid ?? 0;
  const kill = (signal: NodeJS.Signals): boolean => child.kill(signal);
  return { role: 'worker', index: 0, pid, instance: `worker-${pid}-abcdef`, address: '', startedAt: 0, exited, kill };
};

/** One that ended by itself, and whose number a process that is nobody's business has by now. */
const startUsurped = (): TargetProcess => {
  const stranger = startProcess();
  const identity = { pid: stranger.pid, startTime: 'of one that is gone' };
  return { ...stranger, exited: Promise.resolve({ code: 1, signal: null }), kill: (signal) => signalProcess(identity, signal) };
};

type World = {
  readonly held?: number;
  readonly taken?: boolean;
  readonly fenced?: boolean;
  readonly waiting?: boolean;
  readonly backendsStay?: boolean;
  readonly first?: TargetProcess;
  /** From then on the database is away, by another fault: true from the first question on, else from the one that has these words. */
  readonly awayFrom?: true | string;
};

/** Answers each question of the faults by the table that it asks. */
const fakeTarget = (world: World) => {
  let current = world.first ?? startProcess();
  const state = { lockHeld: false, restarts: 0 };
  let isAway = world.awayFrom === true;
  const row = (kind: string): LeaseRow => ({
    at: 1100,
    kind,
    processor: 'timelines',
    version: 1,
    lane: 0,
    epoch: 2,
    owner: 'worker-2',
    otherOwner: current.instance,
    otherEpoch: 1,
  });
  const answer = (sql: string): readonly unknown[] => {
    if (sql.includes('clock_timestamp()) * 1000')) return [{ now: 1000 }];
    if (sql.includes('from leases'))
      return Array.from({ length: world.held ?? 0 }, (_, lane) => ({ processor: 'timelines', version: 1, lane, epoch: 1 }));
    if (sql.includes("kind = 'taken_over'")) return world.taken === true ? [row('taken_over')] : [];
    if (sql.includes("kind in ('lost', 'fenced')")) return world.fenced === true ? [row('fenced')] : [];
    if (sql.includes('pg_xact_status')) return [{ xid: '7', status: 'aborted' }];
    if (sql.includes('from pg_stat_activity where pid = any') && sql.includes('xact_start'))
      return [
        {
          backendPid: 99,
          applicationName: 'x',
          state: 'active',
          waitEventType: 'Lock',
          waitEvent: 'relation',
          transactionSeconds: 0.1,
          xid: '7',
          query: 'insert',
        },
      ];
    if (sql.includes('from pg_stat_activity')) return world.backendsStay === true ? [{ backendPid: 99 }] : [];
    throw new Error(`an unexpected question: ${sql}`);
  };
  const target: RunningTarget = {
    ingestUrl: '',
    queryUrl: '',
    databaseUrl: '',
    processes: () => [current],
    restart: async () => {
      state.restarts += 1;
      return (current = startProcess());
    },
    pending: () => Promise.resolve([]),
    readBack: async function* () {},
    query: async <Row>(sql: string) => {
      isAway ||= typeof world.awayFrom === 'string' && sql.includes(world.awayFrom);
      if (isAway) throw new Error('the database is away');
      return answer(sql) as readonly Row[];
    },
    lockReadModel: async () => {
      state.lockHeld = true;
      return {
        waiting: async () =>
          world.waiting === true ? [{ applicationName: `faultline-worker-${current.instance}-handler-1`, backendPid: 99 }] : [],
        [Symbol.asyncDispose]: async () => {
          state.lockHeld = false;
          if (isAway) throw new Error('the lock’s session is away');
        },
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { target, state, victim: current };
};

const contextOf = (target: RunningTarget, signal = new AbortController().signal): FaultContext => ({
  target,
  clock: systemClock,
  signal,
  seed: 1,
  startHelper: () => Promise.reject(new Error('these faults need no helper')),
  promise: () => {},
  promiseHealing: () => {},
  note: () => {},
});
/** Its seconds are of a tenth: what is waited for in vain is waited for as long as ever, by this clock. */
const hurried: Clock = {
  now: () => systemClock.now() * 10,
  // Looks come in short sleeps, one after the other. The long one is the bound of an end, which a busy machine needs.
  sleep: (ms, signal) => systemClock.sleep(ms < 2000 ? ms / 10 : ms, signal),
};
const moment = { at: { phase: 'fault', afterSeconds: 0 }, role: 'worker', index: 0 } as const;
type Kill = Extract<Fault, { readonly kind: 'kill' }>;
const killFault: Kill = { kind: 'kill', name: 'kill', ...moment, restartAfterSeconds: 0 };
const pauseFault = { kind: 'pause', name: 'pause', ...moment, seconds: 0.05 } as const;
const eventsOf = (observations: readonly { readonly data?: unknown }[]) =>
  observations.map(({ data }) => (data as { event: string }).event);

describe('kill', () => {
  test('shows the signal that the process really ended by, the takeover, and the new process', async () => {
    const { target, state, victim } = fakeTarget({ held: 1, taken: true });
    const evidence = await kill(killFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(await victim.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(eventsOf(evidence.observations).toSorted()).toEqual(['exited', 'restarted', 'taken-over']);
    expect(state.restarts).toBe(1);
  });

  test('inside a transaction shows the waiting backend, and that it is gone with its transaction rolled back', async () => {
    const { target, state } = fakeTarget({ waiting: true });
    const evidence = await kill({ ...killFault, inside: 'transaction' }, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(eventsOf(evidence.observations)).toEqual(['waiting-in-transaction', 'exited', 'backend-gone', 'restarted']);
    expect(evidence.observations[2]?.observed).toContain('7 is aborted');
    expect(state.lockHeld).toBe(false);
  });

  test('an interruption while it waits for the transaction kills nobody, lets the lock go, and took no effect', async () => {
    const { target, state, victim } = fakeTarget({ waiting: false });
    const evidence = await kill({ ...killFault, inside: 'transaction' }, contextOf(target, AbortSignal.abort()));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(state).toEqual({ lockHeld: false, restarts: 0 });
    expect(await processState(victim.pid)).toMatch(/[RS]/);
  });

  test('of one that consumes elsewhere is followed by another in its place, and nobody is asked of its leases', async () => {
    const { target, state } = fakeTarget({ awayFrom: true });
    const consumer = (): VictimProcess => ({ ...startProcess(), role: 'consumer' });
    const victim = consumer();
    const restarted: number[] = [];
    const restart = async (index: number): Promise<VictimProcess> => {
      restarted.push(index);
      return consumer();
    };
    const consumers = { processes: () => [victim], restart };
    const evidence = await kill({ ...killFault, role: 'consumer' }, { ...contextOf(target), consumers });
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(eventsOf(evidence.observations)).toEqual(['exited', 'restarted']);
    expect([restarted, state.restarts]).toEqual([[0], 0]);
    const none = await kill({ ...killFault, role: 'consumer' }, contextOf(target)).catch((error: Error) => error.message);
    expect(none).toContain('a fault is aimed at consumer 0, but there are only: worker 0');
  });

  test('a process that ended by itself before was not killed by us', async () => {
    const { target, victim } = fakeTarget({});
    process.kill(victim.pid, 'SIGTERM');
    await victim.exited;
    const evidence = await kill(killFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(eventsOf(evidence.observations)).toEqual(['had-ended', 'restarted']);
    expect(evidence.observations[0]?.observed).toContain('had ended (SIGTERM) before it could be killed');
  });

  test('of a worker whose leases nobody can tell, for the database is away, struck all the same', async () => {
    const { target, victim, state } = fakeTarget({ held: 1, awayFrom: true });
    const evidence = await kill(killFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(await victim.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(eventsOf(evidence.observations)).toEqual(['not-asked', 'exited', 'restarted']);
    expect(state.restarts).toBe(1);
  });

  test('whose takeover nobody can tell is not over before another runs in its place', async () => {
    const { target, state } = fakeTarget({ held: 1, awayFrom: "kind = 'taken_over'" });
    const evidence = await kill({ ...killFault, restartAfterSeconds: 0.3 }, { ...contextOf(target), clock: hurried });
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(eventsOf(evidence.observations).toSorted()).toEqual(['exited', 'not-asked', 'restarted']);
    expect(state.restarts).toBe(1);
  });

  test.each([
    ['backends', 'select pid as "backendPid" from', ['not-asked']],
    ['transactions', 'pg_xact_status', ['not-asked', 'backend-gone']],
  ] as const)(
    'inside a transaction of whose %s nobody can tell any more took no effect that was seen, says why, and keeps its evidence and its new start',
    async (what, awayFrom, seen) => {
      const { target, state } = fakeTarget({ waiting: true, awayFrom });
      const evidence = await kill({ ...killFault, inside: 'transaction' }, { ...contextOf(target), clock: hurried });
      expect(evidence).toMatchObject({ tookEffect: false, healed: true });
      expect(eventsOf(evidence.observations)).toEqual(['waiting-in-transaction', 'exited', ...seen, 'lock-lost', 'restarted']);
      expect(evidence.observations[2]?.observed).toBe(`what became of its ${what} could not be told: the database is away`);
      expect(state).toEqual({ lockHeld: false, restarts: 1 });
    },
  );
});

describe('a process that ended by itself and whose number is another’s by now', () => {
  const isLeftAlone = async ({ pid }: TargetProcess): Promise<boolean> => /[RS]/.test((await processState(pid)) ?? '');
  const world = () => {
    const first = startUsurped();
    return { first, ...fakeTarget({ first }) };
  };

  test('is not struck', async () => {
    const { first, target } = world();
    const observations = createObservations(systemClock, () => {});
    expect(await strike(first, contextOf(target), observations)).toBe('had-ended');
    expect(await isLeftAlone(first)).toBe(true);
    expect(observations.all).toMatchObject([{ source: 'process', data: { event: 'had-ended', pid: first.pid, code: 1 } }]);
    expect(observations.all[0]?.observed).toContain(
      `(pid ${first.pid}) had ended (code 1) before it could be killed: nobody was signalled`,
    );
  });

  test('is not killed: it is said, and another is started', async () => {
    const { first, target, state } = world();
    const evidence = await kill(killFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(await isLeftAlone(first)).toBe(true);
    expect(state.restarts).toBe(1);
  });

  test('is not told to stop: it is said, and another is started', async () => {
    const { first, target, state } = world();
    const evidence = await restart({ kind: 'restart', name: 'restart', ...moment }, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: true });
    expect(eventsOf(evidence.observations)).toEqual(['had-ended', 'restarted']);
    expect(await isLeftAlone(first)).toBe(true);
    expect(state.restarts).toBe(1);
  });

  test('is not stopped for a while, and what somebody else has stopped is not let go on', async () => {
    const { first, target } = world();
    process.kill(first.pid, 'SIGSTOP');
    await expect.poll(() => processState(first.pid)).toBe('T');
    const evidence = await pause(pauseFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: false, healed: false, healedAt: null });
    expect(eventsOf(evidence.observations)).toEqual(['had-ended']);
    expect(await processState(first.pid)).toBe('T');
    process.kill(first.pid, 'SIGCONT');
    await expect.poll(() => isLeftAlone(first)).toBe(true);
    expect(await pause(pauseFault, contextOf(target))).toMatchObject({ tookEffect: false, healed: false });
    expect(await isLeftAlone(first)).toBe(true);
  });
});

describe('pause', () => {
  test('shows the stopped state by the kernel, the lost lease, and the fence', async () => {
    const { target, victim } = fakeTarget({ held: 1, taken: true, fenced: true });
    const evidence = await pause(pauseFault, contextOf(target));
    expect(evidence).toMatchObject({ tookEffect: true, healed: true });
    expect(eventsOf(evidence.observations)).toEqual(['stopped', 'still-stopped', 'taken-over', 'resumed', 'fenced']);
    expect(await processState(victim.pid)).not.toBe('T');
  });

  test('is healed also when it is interrupted in the middle', async () => {
    const { target, victim } = fakeTarget({});
    const abort = new AbortController();
    const running = pause({ ...pauseFault, seconds: 60 }, contextOf(target, abort.signal));
    while ((await processState(victim.pid)) !== 'T') await systemClock.sleep(5);
    abort.abort();
    expect(await running).toMatchObject({ tookEffect: true, healed: true });
    expect(await processState(victim.pid)).not.toBe('T');
  });

  test.each([true, "kind = 'taken_over'", "kind in ('lost', 'fenced')"] as const)(
    'struck all the same where the database is away from %s on',
    async (awayFrom) => {
      const { target, victim } = fakeTarget({ held: 1, taken: true, awayFrom });
      const evidence = await pause(pauseFault, { ...contextOf(target), clock: hurried });
      expect(evidence).toMatchObject({ tookEffect: true, healed: true });
      expect(eventsOf(evidence.observations)).toContain('not-asked');
      expect(await processState(victim.pid)).not.toBe('T');
    },
  );

  test('of a process that somebody let go on in the meantime took no effect', async () => {
    const { target, victim } = fakeTarget({});
    const letGo = () => process.kill(victim.pid, 'SIGCONT');
    const running = pause(pauseFault, { ...contextOf(target), note: letGo });
    expect(await running).toMatchObject({ tookEffect: false, healed: true });
  });
});
