// One lane that runs here under one tenure: its live flow, its lock, and what the park's keeper needs to know of it.
import { createBackOff } from './back-off.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import { startLaneFlow, type LaneFlow, type LaneFlowOptions } from './lane-flow.ts';
import type { LaneHostOptions } from './lane-host.ts';
import type { LaneHoldings } from './lane-store.ts';
import { createLaneTurn, type LaneTurn } from './lane-turn.ts';
import type { AcquiredLease } from './lease-store.ts';
import { createOrderedLane } from './ordered-lane.ts';
import type { KeptLane } from './kept-lane.ts';
import { createUnorderedBatch } from './unordered-lane.ts';

export type RunningLane = {
  readonly tenure: Tenure;
  readonly kept: KeptLane;
  wake(head: number): void;
  /** Resolves when the batch in hand, and a write from the park that has begun, are done. */
  stop(): Promise<void>;
};

export const startRunningLane = (options: LaneHostOptions, lease: AcquiredLease, onFenced: (tenure: Tenure) => void): RunningLane => {
  const tenure: Tenure = { processor: lease.processor, version: lease.version, lane: lease.lane, epoch: lease.epoch };
  const stopping = new AbortController();
  const turn = createLaneTurn();
  const end = () => {
    stopping.abort();
    onFenced(tenure);
  };
  const recordFenced = async ({ found }: { readonly found: FoundCheckpoint | null }, what: string) => {
    const other = found ?? { position: 0, epoch: tenure.epoch };
    options.telemetry.fenced(tenure, other, what);
    await options.recordFenced(tenure, other, what).catch((error: unknown) => options.telemetry.error('record a fenced write', error));
  };
  const parts = { tenure, lease, turn, recordFenced, kept: (): KeptLane => kept };
  const { runBatch, setHoldings, halt } = options.unordered.has(tenure.processor)
    ? unorderedParts(options, parts)
    : orderedParts(options, parts);
  const flow: LaneFlow = startLaneFlow({
    tenure,
    position: lease.position,
    head: lease.head,
    clock: options.clock,
    backOff: createBackOff(options.random),
    runBatch,
    onFenced: end,
  });
  const kept: KeptLane = {
    tenure,
    turn,
    stopping: stopping.signal,
    unordered: options.unordered.get(tenure.processor) ?? null,
    setHoldings,
    drain: () => flow.drain(),
    halt,
    fenced: async (settled, what) => {
      await recordFenced(settled, what);
      void flow.stop();
      end();
    },
  };
  return {
    tenure,
    kept,
    wake: (head) => flow.wake(head),
    stop: async () => {
      stopping.abort();
      await flow.stop();
      await turn.over();
    },
  };
};

type Parts = {
  readonly tenure: Tenure;
  readonly lease: AcquiredLease;
  readonly turn: LaneTurn;
  readonly recordFenced: (settled: { readonly found: FoundCheckpoint | null }, what: string) => Promise<void>;
  readonly kept: () => KeptLane;
};

type FlowParts = {
  readonly runBatch: LaneFlowOptions['runBatch'];
  readonly setHoldings: (holdings: LaneHoldings) => void;
  readonly halt: (reason: string) => void;
};

const common = (options: LaneHostOptions, { tenure, lease, recordFenced }: Parts) => ({
  tenure,
  holdings: { parked: lease.parked, pending: lease.pending },
  bucket: options.bucketOf(tenure),
  batchEvents: options.batchEvents,
  telemetry: options.telemetry,
  recordFenced,
});

const unorderedParts = (options: LaneHostOptions, parts: Parts): FlowParts => {
  const lane = createUnorderedBatch({
    ...common(options, parts),
    processor: options.unordered.get(parts.tenure.processor)!,
    store: options.ranges,
    parkLimit: options.bounds.parkEvents,
    clock: options.clock,
  });
  return { ...lane, halt: () => {} };
};

const orderedParts = (options: LaneHostOptions, parts: Parts): FlowParts =>
  createOrderedLane({
    ...common(options, parts),
    threads: options.threads(parts.tenure),
    turn: parts.turn,
    bounds: options.bounds,
    carefulUntil: carefulUntil(parts.lease, options.batchEvents),
    onParked: () => options.onParked(parts.tenure),
    skipOldestGap: () => options.skipOldestGap(parts.kept()),
  });

/** A lane whose owners died this often without moving it goes one event at a time. */
const carefulFrom = 2;

/** The event to blame is among those that a batch would have held, or among the early ones that a drain would. */
const carefulUntil = ({ takeoversWithoutProgress, head, position, pending }: AcquiredLease, batchEvents: number): number | null =>
  takeoversWithoutProgress < carefulFrom || (head <= position && pending === 0) ? null : Math.min(head, position + batchEvents);
