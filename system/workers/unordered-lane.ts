// The live flow of an unordered processor's lane: ranges moved inside the database, in this thread, for there is no user code.
import { messageOf } from '../contract/message-of.ts';
import type { Tenure } from './checkpoint.ts';
import { classifyError, errorTypeOf, isConnectionLoss } from './error-class.ts';
import { describeFailure } from './failure.ts';
import type { BatchEnd, LaneFlowOptions } from './lane-flow.ts';
import type { LaneHoldings, Settled } from './lane-store.ts';
import { isLostAnswer } from './lost-answer.ts';
import type { AppliedRange, UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';
import type { FinishedBatch } from './telemetry-parts.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { WorkerClock } from './worker-clock.ts';

export type UnorderedLaneOptions = {
  readonly tenure: Tenure;
  readonly processor: UnorderedProcessor;
  readonly store: RangeStore;
  readonly bucket: TokenBucket;
  readonly batchEvents: number;
  readonly parkLimit: number;
  readonly holdings: LaneHoldings;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly recordFenced: (settled: Settled, what: string) => Promise<void>;
};

export type UnorderedLane = {
  readonly runBatch: LaneFlowOptions['runBatch'];
  /** What the park's work left. */
  readonly setHoldings: (holdings: LaneHoldings) => void;
};

export const createUnorderedBatch = (options: UnorderedLaneOptions): UnorderedLane => {
  const { tenure, store, telemetry, clock } = options;
  let { holdings } = options;
  /** Halved while the database refuses a range as data, until one event is left: the one to park. */
  let widest = options.batchEvents;
  const tell = createTeller(options);

  const after = async (settled: Settled, position: number, what: string): Promise<BatchEnd> => {
    if (settled.outcome === 'fenced') {
      await options.recordFenced(settled, what);
      return { kind: 'fenced' };
    }
    holdings = settled.holdings;
    return { kind: 'moved', position: settled.outcome === 'advanced' ? position : settled.found.position };
  };
  const apply = async (position: number, upTo: number) => {
    const startedAtMs = clock.nowMs();
    const { processor, moved } = remembering(options.processor);
    const batchOf = () => ({ ...finished(moved(), startedAtMs, clock.nowMs()), delivered: upTo - position });
    const settled = await onceMore(() => tell(upTo, () => store.applyRange(tenure, position, upTo, processor), batchOf));
    if (settled.outcome === 'advanced') widest = Math.min(options.batchEvents, widest * 2);
    return after(settled, upTo, 'a range of the log');
  };
  const park = async (position: number, error: unknown): Promise<BatchEnd> => {
    if (holdings.parked < options.parkLimit) return after(await parkOne(options, tell, position, error), position + 1, 'an event to park');
    telemetry.blocked(tenure, 'park_full', 'stop');
    return { kind: 'wait' };
  };
  const onError = async (position: number, upTo: number, error: unknown): Promise<BatchEnd> => {
    if (classifyError(error) === 'data') {
      if (upTo - position === 1) return park(position, error);
      widest = Math.ceil((upTo - position) / 2);
      return { kind: 'again' };
    }
    interrupted(options, error);
    return { kind: 'wait' };
  };
  const run = async (position: number, head: number, stopping: AbortSignal): Promise<BatchEnd> => {
    const wanted = Math.min(widest, head - position);
    const upTo = position + (await options.bucket.take(wanted, stopping));
    try {
      return await apply(position, upTo);
    } catch (error) {
      return onError(position, upTo, error);
    }
  };
  return {
    runBatch: async ({ position, head }, stopping) => {
      if (head <= position) return { kind: 'moved', position };
      try {
        return await run(position, head, stopping);
      } catch (error) {
        if (!stopping.aborted) interrupted(options, error);
        return { kind: 'wait' };
      }
    },
    setHoldings: (left) => {
      holdings = left;
    },
  };
};

type Tell = (upTo: number, settle: () => Promise<Settled>, batchOf: () => FinishedBatch) => Promise<Settled>;

/**
 * Tells of each batch that is there once: when its commit is answered, or, where that answer was lost, when the checkpoint is found where it led. Under one epoch
 * nobody else moves it.
 */
const createTeller = ({ tenure, telemetry }: UnorderedLaneOptions): Tell => {
  let unheard: { readonly upTo: number; readonly batch: FinishedBatch } | null = null;
  return async (upTo, settle, batchOf) => {
    try {
      const settled = await settle();
      if (settled.outcome === 'advanced') telemetry.finished(tenure, batchOf());
      else if (settled.outcome === 'already_there' && settled.found.position === unheard?.upTo) telemetry.finished(tenure, unheard.batch);
      unheard = null;
      return settled;
    } catch (error) {
      if (isLostAnswer(error)) unheard = { upTo, batch: batchOf() };
      throw error;
    }
  };
};

/** What a range came to, also where its commit is not answered. */
const remembering = (processor: UnorderedProcessor) => {
  let range = nothing;
  const applyRange: UnorderedProcessor['applyRange'] = async (...given) => (range = await processor.applyRange(...given));
  return { processor: { ...processor, applyRange }, moved: () => range };
};

const parkOne = async ({ tenure, store, clock }: UnorderedLaneOptions, tell: Tell, position: number, error: unknown): Promise<Settled> => {
  const startedAtMs = clock.nowMs();
  const failure = describeFailure('data_refused', error);
  const event = await store.eventAt(tenure.lane, position + 1);
  const note = {
    key: { systemName: event?.systemName ?? '', objectId: event?.objectId ?? '' },
    position: position + 1,
    id: event?.id ?? 0,
    failure,
    attempts: 1,
    end: 'dead_letter' as const,
    traceparent: event?.traceparent ?? null,
  };
  const batchOf = () => ({ ...finished(nothing, startedAtMs, clock.nowMs()), delivered: 1, failures: [note] });
  return tell(position + 1, () => store.parkOne(tenure, position, failure), batchOf);
};

const interrupted = ({ telemetry, tenure }: UnorderedLaneOptions, error: unknown) =>
  telemetry.interrupted(tenure, 'batch interrupted, it is tried again', errorTypeOf(error), messageOf(error));

/** A lost connection is tried again at once, one time, under the same epoch: whether this worker may still write is for the database to say. */
const onceMore = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLoss(error)) throw error;
    return work();
  }
};

const nothing: AppliedRange = { applied: 0, skipped: 0, receivedAtMs: [], traced: [] };

const finished = ({ receivedAtMs, traced }: AppliedRange, startedAtMs: number, endedAtMs: number) => ({
  receivedAtMs,
  traced,
  failures: [],
  startedAtMs,
  settledFromMs: startedAtMs,
  endedAtMs,
});
