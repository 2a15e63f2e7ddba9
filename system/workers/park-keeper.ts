// Works on the parked keys of this worker's lanes: attempts that are due, operators' commands, early events over their age. In a thread apart, so
// that a handler that hangs again does not hold up the live lanes.
import type { Key } from '../stream/stream.ts';
import { createBackOff } from './back-off.ts';
import { laneName, type LaneId, type Tenure } from './checkpoint.ts';
import { classifyError } from './error-class.ts';
import { describeFailure } from './failure.ts';
import type { TaskEnd } from './handler-thread.ts';
import type { LaneHoldings, Settled } from './lane-store.ts';
import type { Mutex } from './mutex.ts';
import type { DueKey, OverdueKey, ParkCommand, ParkStore } from './park-store.ts';
import type { UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { KnownFailure, Report, RetryTask, SkipGapTask } from './thread-protocol.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { WorkerClock } from './worker-clock.ts';

/** A lane that runs here, as the park's keeper needs it. */
export type KeptLane = {
  readonly tenure: Tenure;
  readonly mutex: Mutex;
  readonly stopping: AbortSignal;
  /** Null: ordered. */
  readonly unordered: UnorderedProcessor | null;
  setHoldings(holdings: LaneHoldings): void;
  /** Early events may be due. */
  drain(): void;
  halt(reason: string): void;
  fenced(settled: Pick<Settled, 'found'>, what: string): Promise<void>;
};

export type ParkKeeperOptions = {
  readonly lanes: () => readonly KeptLane[];
  readonly store: ParkStore;
  readonly ranges: RangeStore;
  readonly threads: ThreadPool;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly random: () => number;
  readonly pending: { readonly limitSeconds: number; readonly policy: 'wait' | 'skip' | 'stop' };
};

export type ParkKeeper = {
  run(signal: AbortSignal): Promise<void>;
  /** A key was just parked: look sooner. */
  wake(): void;
  /** Gives up the gap that the lane's oldest early event waits for; resolves whether there was one. */
  skipOldestGap(lane: KeptLane): Promise<boolean>;
};

const quietMs = 250;
const busyMs = 25;
const overdueEveryMs = 1000;
const atOnce = 50;

export const createParkKeeper = (options: ParkKeeperOptions): ParkKeeper => {
  const { store, telemetry, clock } = options;
  let awake: (() => void) | null = null;
  let busyUntilMs = 0;
  let overdueAtMs = 0;

  const laneOf = (id: LaneId) => options.lanes().find(({ tenure }) => laneName(tenure) === laneName(id));

  /** Runs the task again with what it failed on known, until it comes to a report; its writes wait for the lane's mutex. */
  const runTask = async (lane: KeptLane, first: RetryTask | SkipGapTask): Promise<Report | null> => {
    let task = first;
    while (!lane.stopping.aborted) {
      const end = await options.threads.use((thread) => withMutex(lane, (allow) => thread.run(task, allow)));
      if (end.kind === 'report') return end.report;
      const culprit = culpritOf(lane, end, telemetry);
      if (culprit === null) return null;
      const known = [...task.known, culprit];
      task = task.kind === 'retry' ? { ...task, known, counted: true } : { ...task, known };
    }
    return null;
  };
  const settled = async (lane: KeptLane, report: Report, what: string) => {
    if (report.outcome === 'fenced') return lane.fenced({ found: report.found! }, what);
    if (report.holdings !== null) lane.setHoldings(report.holdings);
    if (report.delivered > 0) telemetry.finished(lane.tenure, report);
    if (report.moreDue) lane.drain();
  };
  const retry = async (due: DueKey) => {
    const lane = laneOf(due);
    if (lane === undefined || lane.stopping.aborted) return;
    const report = await runTask(lane, { kind: 'retry', tenure: lane.tenure, key: due.key, known: [], counted: false });
    if (report !== null) await settled(lane, report, 'a retry from the park');
  };
  const skipGap = async (lane: KeptLane, key: Key) => {
    const report = await runTask(lane, { kind: 'skip-gap', tenure: lane.tenure, key, known: [] });
    if (report !== null) await settled(lane, report, 'a gap to skip');
    return report?.outcome === 'advanced' && report.found !== null;
  };
  const carryOut = async (command: ParkCommand) => {
    const lane = laneOf(command);
    if (lane === undefined || lane.stopping.aborted) return;
    using _lane = await lane.mutex.acquire();
    const end = await endOf(lane, command, options);
    if (end.outcome === 'fenced') return lane.fenced(end, 'a park command');
    lane.setHoldings(end.holdings);
    lane.drain();
    telemetry.commanded(lane.tenure, command.action, command.requestedBy, end.result);
  };
  const onOverdue = async (overdue: OverdueKey) => {
    const lane = laneOf(overdue);
    if (lane === undefined || lane.stopping.aborted) return;
    telemetry.blocked(
      lane.tenure,
      `early_event_overdue: ${overdue.events} of one key, ${Math.round(overdue.oldestSeconds)} s`,
      options.pending.policy,
    );
    if (options.pending.policy === 'stop') lane.halt('early_event_overdue');
    if (options.pending.policy === 'skip') await skipGap(lane, overdue.key);
  };
  const round = async (ids: readonly LaneId[]) => {
    const [due, commands] = await Promise.all([store.dueKeys(ids, atOnce), store.openCommands(ids, atOnce)]);
    for (const command of commands) await carryOut(command);
    for (const one of due) await retry(one);
    if (clock.nowMs() >= overdueAtMs) {
      overdueAtMs = clock.nowMs() + overdueEveryMs;
      for (const one of await store.overdueKeys(ids, options.pending.limitSeconds, atOnce)) await onOverdue(one);
    }
    return due.length + commands.length > 0;
  };
  const pause = (waitMs: number, signal: AbortSignal) => {
    const woken = new AbortController();
    awake = () => woken.abort();
    return clock.sleep(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
  };
  const step = async (backOffMs: () => number) => {
    const ids = options.lanes().map(({ tenure }) => tenure);
    if (ids.length === 0) return quietMs;
    try {
      if (await round(ids)) busyUntilMs = clock.nowMs() + 2000;
      return clock.nowMs() < busyUntilMs ? busyMs : quietMs;
    } catch (error) {
      telemetry.error('look after the park', error);
      return backOffMs();
    }
  };
  return {
    run: async (signal) => {
      const backOff = createBackOff(options.random, { firstMs: 50, longestMs: 1000 });
      while (!signal.aborted) await pause(await step(backOff.nextMs), signal);
    },
    wake: () => {
      busyUntilMs = clock.nowMs() + 2000;
      awake?.();
    },
    skipOldestGap: async (lane) => {
      const key = await store.oldestWaiting(lane.tenure);
      return key !== null && skipGap(lane, key);
    },
  };
};

/** The mutex is taken when the thread asks for it, and given back when the task ended, whichever way. */
const withMutex = async (lane: KeptLane, run: (allow: () => Promise<void>) => Promise<TaskEnd>): Promise<TaskEnd> => {
  let taken: Promise<Disposable> | null = null;
  try {
    return await run(async () => {
      taken ??= lane.mutex.acquire();
      await taken;
    });
  } finally {
    void (taken as Promise<Disposable> | null)?.then((lock) => lock[Symbol.dispose]());
  }
};

const culpritOf = (lane: KeptLane, end: Exclude<TaskEnd, { kind: 'report' }>, telemetry: WorkerTelemetry): KnownFailure | null => {
  if (end.kind === 'error') {
    telemetry.interrupted(lane.tenure, 'work from the park interrupted, it is tried again', end.error.errorType, end.error.message);
    return null;
  }
  if (end.culprit === null) {
    telemetry.interrupted(lane.tenure, 'handler thread ended outside of user code', 'thread_ended', end.message);
    return null;
  }
  if (end.culprit.failure.code === 'handler_timeout') telemetry.handlerKilled(lane.tenure, end.culprit.position);
  return end.culprit;
};

const endOf = (lane: KeptLane, command: ParkCommand, { store, ranges }: ParkKeeperOptions) => {
  if (command.action === 'discard_head') return store.discardHead(lane.tenure, command);
  return lane.unordered === null ? store.retry(lane.tenure, command) : retryUnordered(lane, lane.unordered, command, store, ranges);
};

/** Each parked event of the key alone: those that the database takes now leave the park. */
const retryUnordered = async (
  { tenure }: KeptLane,
  processor: UnorderedProcessor,
  command: ParkCommand,
  store: ParkStore,
  ranges: RangeStore,
) => {
  let applied = 0;
  let refused = 0;
  for (const position of await ranges.parkedPositions(tenure, command.key)) {
    try {
      const settled = await ranges.applyParked(tenure, position, processor);
      if (settled.outcome === 'fenced') return { ...settled, result: 'fenced' };
      applied += 1;
    } catch (error) {
      if (classifyError(error) !== 'data') throw error;
      await ranges.failAgain(tenure, position, describeFailure('data_refused', error));
      refused += 1;
    }
  }
  return store.closeCommand(tenure, command, refused === 0 ? `applied ${applied}` : `applied ${applied}, refused again ${refused}`);
};
