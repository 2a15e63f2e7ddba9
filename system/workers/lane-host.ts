// Runs the lanes that this worker holds: a live flow each, and what the park's keeper needs to know of them.
import { createBackOff } from './back-off.ts';
import { laneName, type FoundCheckpoint, type Tenure } from './checkpoint.ts';
import { startLaneFlow, type LaneFlow } from './lane-flow.ts';
import type { LaneHost } from './lease-keeper.ts';
import type { AcquiredLease } from './lease-store.ts';
import { createMutex, type Mutex } from './mutex.ts';
import { createOrderedLane, type LaneBounds, type OrderedLane } from './ordered-lane.ts';
import type { KeptLane } from './park-keeper.ts';
import type { UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { TokenBucket } from './token-bucket.ts';
import { createUnorderedBatch } from './unordered-lane.ts';
import type { WorkerClock } from './worker-clock.ts';

/** A lane whose owners died this often without moving it goes one event at a time. */
const carefulFrom = 2;

export type LaneHostOptions = {
  /** Processors without order, by name; every other one is ordered and runs in threads. */
  readonly unordered: ReadonlyMap<string, UnorderedProcessor>;
  readonly ranges: RangeStore;
  readonly threads: ThreadPool;
  readonly bucketOf: (processor: string) => TokenBucket;
  readonly batchEvents: number;
  readonly bounds: LaneBounds;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly random: () => number;
  readonly recordFenced: (tenure: Tenure, found: FoundCheckpoint, what: string) => Promise<void>;
  readonly onFenced: (tenure: Tenure) => void;
  readonly onParked: () => void;
  readonly skipOldestGap: (lane: KeptLane) => Promise<boolean>;
};

export type RunningLanes = LaneHost & {
  readonly kept: () => readonly KeptLane[];
  /** Tells every lane its head; true where any had work that it did not know of. */
  wake(heads: ReadonlyMap<number, number>): boolean;
};

type Running = { readonly flow: LaneFlow; readonly kept: KeptLane; readonly stopping: AbortController };

export const createLaneHost = (options: LaneHostOptions): RunningLanes => {
  const running = new Map<string, Running>();

  const fenced = async (tenure: Tenure, found: FoundCheckpoint, what: string) => {
    options.telemetry.fenced(tenure, found, what);
    await options.recordFenced(tenure, found, what).catch((error: unknown) => options.telemetry.error('record a fenced write', error));
  };
  const start = (lease: AcquiredLease) => {
    const tenure = { processor: lease.processor, version: lease.version, lane: lease.lane, epoch: lease.epoch };
    const stopping = new AbortController();
    const mutex = createMutex();
    const parts = laneParts(lease, tenure, mutex);
    const flow = startLaneFlow({
      tenure,
      position: lease.position,
      head: lease.head,
      clock: options.clock,
      backOff: createBackOff(options.random),
      runBatch: parts.runBatch,
      onFenced: () => {
        stopping.abort();
        forget(tenure);
        options.onFenced(tenure);
      },
    });
    parts.flow = flow;
    running.set(laneName(tenure), { flow, kept: { ...parts.kept, stopping: stopping.signal }, stopping });
  };
  const forget = (tenure: Tenure) => {
    const name = laneName(tenure);
    if (running.get(name)?.flow.tenure.epoch === tenure.epoch) running.delete(name);
  };
  /** The flow is made from these and they reach back to it: it is set before its first step can run. */
  const laneParts = (lease: AcquiredLease, tenure: Tenure, mutex: Mutex) => {
    const holdings = { parked: lease.parked, pending: lease.pending };
    const recordFenced = ({ found }: { found: FoundCheckpoint | null }, what: string) =>
      fenced(tenure, found ?? { position: 0, epoch: tenure.epoch }, what);
    const processor = options.unordered.get(tenure.processor) ?? null;
    const ordered: OrderedLane | null = processor === null ? makeOrdered(lease, tenure, mutex, holdings, recordFenced) : null;
    const runBatch =
      ordered === null
        ? createUnorderedBatch({
            ...shared(tenure, holdings),
            processor: processor!,
            store: options.ranges,
            parkLimit: options.bounds.parkEvents,
            clock: options.clock,
            recordFenced,
          })
        : ordered.runBatch;
    const parts = {
      runBatch,
      flow: null as LaneFlow | null,
      kept: {
        tenure,
        mutex,
        unordered: processor,
        setHoldings: (left: typeof holdings) => ordered?.setHoldings(left),
        drain: () => parts.flow?.drain(),
        halt: (reason: string) => ordered?.halt(reason),
        fenced: recordFenced,
      },
    };
    return parts;
  };
  const shared = (tenure: Tenure, holdings: { parked: number; pending: number }) => ({
    tenure,
    holdings,
    bucket: options.bucketOf(tenure.processor),
    batchEvents: options.batchEvents,
    telemetry: options.telemetry,
  });
  const makeOrdered = (
    lease: AcquiredLease,
    tenure: Tenure,
    mutex: Mutex,
    holdings: { parked: number; pending: number },
    recordFenced: (settled: { found: FoundCheckpoint | null }, what: string) => Promise<void>,
  ) =>
    createOrderedLane({
      ...shared(tenure, holdings),
      threads: options.threads,
      mutex,
      bounds: options.bounds,
      carefulUntil: carefulUntil(lease, options.batchEvents),
      recordFenced,
      onParked: options.onParked,
      skipOldestGap: () => options.skipOldestGap(running.get(laneName(tenure))!.kept),
    });
  return {
    start,
    stop: async (tenure) => {
      const lane = running.get(laneName(tenure));
      if (lane === undefined || lane.flow.tenure.epoch !== tenure.epoch) return;
      lane.stopping.abort();
      await lane.flow.stop();
      // Work from the park that is about to write has the lane until it is done.
      (await lane.kept.mutex.acquire())[Symbol.dispose]();
      forget(tenure);
    },
    kept: () => [...running.values()].map(({ kept }) => kept),
    wake: (heads) => {
      let news = false;
      for (const { flow } of running.values()) news = flow.wake(heads.get(flow.tenure.lane) ?? 0) || news;
      return news;
    },
  };
};

const carefulUntil = (lease: AcquiredLease, batchEvents: number): number | null =>
  lease.takeoversWithoutProgress < carefulFrom || lease.head <= lease.position ? null : Math.min(lease.head, lease.position + batchEvents);
