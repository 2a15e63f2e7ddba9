// The live flow of an ordered processor's lane, seen from the main thread: which batch goes to a handler thread next, and what its end means.
import type { Tenure } from './checkpoint.ts';
import { blame } from './blame.ts';
import type { TaskEnd } from './handler-thread.ts';
import type { BatchEnd, LaneFlowOptions } from './lane-flow.ts';
import type { LaneHoldings } from './lane-store.ts';
import type { LaneTurn } from './lane-turn.ts';
import { heard } from './report.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { KnownFailure, Report } from './thread-protocol.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { TokenBucket } from './token-bucket.ts';

export type LaneBounds = { readonly pendingEvents: number; readonly parkEvents: number; readonly pendingPolicy: 'wait' | 'skip' | 'stop' };

export type OrderedLaneOptions = {
  readonly tenure: Tenure;
  readonly threads: Pick<ThreadPool, 'use'>;
  /** Of its live flow, and of work on its park. */
  readonly turn: LaneTurn;
  readonly bucket: TokenBucket;
  readonly batchEvents: number;
  readonly bounds: LaneBounds;
  readonly holdings: LaneHoldings;
  /** One event at a time up to here; null: not. */
  readonly carefulUntil: number | null;
  readonly telemetry: WorkerTelemetry;
  readonly recordFenced: (report: Report, what: string) => Promise<void>;
  /** A key was parked and is to be tried again. */
  readonly onParked: () => void;
  /** Gives up the gap of the lane's oldest early event; resolves whether there was one. */
  readonly skipOldestGap: () => Promise<boolean>;
};

export type OrderedLane = {
  readonly runBatch: LaneFlowOptions['runBatch'];
  /** What the park's work left. */
  readonly setHoldings: (holdings: LaneHoldings) => void;
  /** Stops for good, loudly: a bound with policy `stop`. */
  readonly halt: (reason: string) => void;
};

export const createOrderedLane = (options: OrderedLaneOptions): OrderedLane => {
  const { tenure, telemetry, bounds } = options;
  const known = new Map<number, KnownFailure>();
  let { holdings, carefulUntil } = options;
  let halted: string | null = null;
  const unheard = createUnheard();

  const taskFor = (position: number) => ({
    tenure,
    position,
    known: [...known.values()],
    room: { early: bounds.pendingEvents - holdings.pending, parked: bounds.parkEvents - holdings.parked },
    carefulUntil,
  });
  const inThread = (position: number, drain: boolean, { limit, head }: { limit: number; head: number }, stopping: AbortSignal) =>
    options.threads.use(async (thread): Promise<TaskEnd | null> => {
      if (stopping.aborted) return null; // while it waited for a thread: nothing is in hand
      using live = options.turn.begin();
      const what = taskFor(position);
      return await thread.run(drain ? { kind: 'drain', ...what } : { kind: 'batch', limit, head, ...what }, live.take);
    });
  const onBlocked = async (blocked: NonNullable<Report['blocked']>): Promise<BatchEnd> => {
    const policy = blocked === 'early_full' ? bounds.pendingPolicy : 'stop';
    telemetry.blocked(tenure, blocked, policy);
    if (policy === 'skip' && (await options.skipOldestGap())) return { kind: 'again' };
    return { kind: 'wait' };
  };
  const onReport = async (report: Report): Promise<BatchEnd> => {
    if (report.outcome === 'fenced') {
      await options.recordFenced(report, 'a batch');
      return { kind: 'fenced' };
    }
    if (report.holdings !== null) ({ holdings } = report);
    note(known, report);
    if (report.delivered > 0 || report.failures.length > 0) telemetry.finished(tenure, report);
    if (report.failures.length > 0 || report.setAside) options.onParked();
    if (carefulUntil !== null && report.position >= carefulUntil && !report.moreDue) carefulUntil = null;
    if (report.blocked !== null && report.delivered === 0) return onBlocked(report.blocked);
    return { kind: 'moved', position: report.position, moreDue: report.moreDue };
  };
  const onEnd = async (end: TaskEnd | null): Promise<BatchEnd> => {
    if (end === null) return { kind: 'again' };
    if (end.kind !== 'ended') noteTakenOff(known, end.takenOff);
    if (end.kind === 'report') return onReport(unheard.told(end.report));
    unheard.keep(end);
    const culprit = blame(tenure, end, telemetry);
    if (culprit === null) return { kind: 'wait' };
    known.set(culprit.position, culprit);
    return { kind: 'again' };
  };
  const run = async (position: number, head: number, drain: boolean, stopping: AbortSignal): Promise<BatchEnd> => {
    if (drain || head <= position) return onEnd(await inThread(position, true, { limit: 0, head }, stopping));
    const limit = await options.bucket.take(Math.min(options.batchEvents, head - position), stopping);
    const end = await inThread(position, false, { limit, head }, stopping);
    options.bucket.giveBack(Math.max(0, limit - deliveredBy(end)));
    return onEnd(end);
  };
  return {
    runBatch: ({ position, head, drain }, stopping) => {
      if (halted === null) return orWait(() => run(position, head, drain, stopping), stopping, telemetry);
      telemetry.blocked(tenure, halted, 'stop');
      return Promise.resolve({ kind: 'wait' });
    },
    setHoldings: (left) => void (holdings = left),
    halt: (reason) => void (halted = reason),
  };
};

/** One that kills its process is not tried again by the one that found out, however long it stands before it. */
const note = (known: Map<number, KnownFailure>, { failures }: Report): void => {
  for (const { position, failure, end } of failures)
    if (end === 'stopped' && failure.code === 'handler_crashed_process') known.set(position, { position, failure });
    else known.delete(position);
};

/** The attempt that took its thread with it is one: however often its event is come to again, in whichever thread, it is taken off once. */
const noteTakenOff = (known: Map<number, KnownFailure>, takenOff: readonly number[]): void => {
  for (const position of takenOff) {
    const one = known.get(position);
    if (one !== undefined) known.set(position, { ...one, isTakenOff: true });
  }
};

/** Of a batch whose commit was not answered: kept until the checkpoint is seen again. */
const createUnheard = () => {
  let unheard: Report | null = null;
  return {
    keep: (end: TaskEnd) => {
      if (end.kind === 'error') unheard = end.unheard ?? unheard;
    },
    told: (report: Report): Report => {
      if (report.found === null) return report;
      const told = heard(report, unheard);
      unheard = null;
      return told;
    },
  };
};

/** No thread could be had, or the wait for the throttle was aborted: later again. */
const orWait = async (run: () => Promise<BatchEnd>, stopping: AbortSignal, telemetry: WorkerTelemetry): Promise<BatchEnd> => {
  try {
    return await run();
  } catch (error) {
    if (!stopping.aborted) telemetry.error('run a batch', error);
    return { kind: 'wait' };
  }
};

const deliveredBy = (end: TaskEnd | null): number => (end?.kind === 'report' ? end.report.delivered : 0);
