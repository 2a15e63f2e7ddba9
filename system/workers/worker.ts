// A worker: its share of the lanes of every processor, the park beside them, and, where it is elected, the duties. Knows storage by interface alone.
import type { StreamReader } from '../stream/stream.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import type { Duties, DutiesLease } from './duties.ts';
import type { ErasureStore } from './erasure-store.ts';
import { createLaneHost, type RunningLanes } from './lane-host.ts';
import { createLanePace } from './lane-pace.ts';
import { createLeaseKeeper, type LaneHost } from './lease-keeper.ts';
import type { AcquiredLease, LeaseStore } from './lease-store.ts';
import type { LaneBounds } from './ordered-lane.ts';
import type { KeptLane } from './kept-lane.ts';
import { createParkKeeper, type ParkKeeper } from './park-keeper.ts';
import type { ParkStore } from './park-store.ts';
import { createPoller } from './poller.ts';
import type { UnorderedProcessor } from './processor.ts';
import { createReplayLimits, type ReplayLimitStore } from './replay-limits.ts';
import type { RecoveryStore } from './recovery-store.ts';
import { createRebuildWatch } from './rebuild-watch.ts';
import type { RebuildStore } from './rebuild-store.ts';
import type { RangeStore } from './range-store.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { WorkerClock } from './worker-clock.ts';

export type WorkerSettings = {
  readonly leaseMs: number;
  readonly batchEvents: number;
  /** Of each processor; 0: none. */
  readonly maxEventsPerSecond: number;
  readonly bounds: LaneBounds;
  readonly pendingLimitSeconds: number;
  /** A rebuild slows down while a live event waits longer. */
  readonly freshnessBudgetMs: number;
};

export type WorkerOptions = {
  /** service.instance.id, and the owner in leases. */
  readonly worker: string;
  readonly settings: WorkerSettings;
  readonly unordered: readonly UnorderedProcessor[];
  readonly stream: Pick<StreamReader, 'heads'>;
  readonly leases: LeaseStore;
  readonly ranges: RangeStore;
  readonly park: ParkStore;
  readonly recoveries: RecoveryStore;
  readonly replays: ReplayLimitStore;
  readonly erasures: ErasureStore;
  readonly rebuilds: RebuildStore;
  /** For the live lanes, and apart from them for the park and for versions that are built. */
  readonly threads: ThreadPool;
  readonly parkThreads: ThreadPool;
  /** Those of a team's own, each with threads for itself: what one of them does holds up none of the others. */
  readonly own: readonly { readonly name: string; readonly threads: ThreadPool }[];
  readonly rebuildThreads: ThreadPool;
  readonly startDuties: (tenure: Tenure, lease: DutiesLease) => Duties;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly random: () => number;
};

export type RunningWorker = {
  /** Finishes or rolls back what is in hand, gives every lease back, and ends. */
  stop(): Promise<void>;
  held(): readonly Tenure[];
  /** When the database last answered, epoch milliseconds; 0: never. */
  lastSeenAtMs(): number;
};

const dutiesName = '_duties';
/** A loop that waits for a database that does not answer is not waited for any longer than this. */
const longestStopMs = 1000;

export const startWorker = (options: WorkerOptions): RunningWorker => {
  const { leases, clock, random, settings, worker } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const rebuilds = createRebuildWatch({
    store: options.rebuilds,
    budgetMs: settings.freshnessBudgetMs,
    held: () => keeper.held(),
    clock,
    onError: (error) => telemetry.error('look after rebuilds', error),
  });
  const telemetry = rebuilds.quieten(options.telemetry);
  const { bucketOf } = createLanePace({ rebuilds, maxEventsPerSecond: settings.maxEventsPerSecond, clock });
  const own = new Map(options.own.map(({ name, threads }) => [name, threads]));
  const lanes = createLaneHost({
    unordered: new Map(options.unordered.map((processor) => [processor.name, processor])),
    ranges: options.ranges,
    threads: chooseThreads(options, own, rebuilds),
    bucketOf,
    batchEvents: settings.batchEvents,
    bounds: settings.bounds,
    telemetry,
    clock,
    random,
    recordFenced: (tenure: Tenure, found: FoundCheckpoint, what: string) => leases.recordFenced(tenure, found, what),
    onFenced: (tenure) => keeper.forget(tenure),
    onParked: ({ processor }) => parkOf(processor).wake(),
    skipOldestGap: (lane: KeptLane) => parkOf(lane.tenure.processor).skipOldestGap(lane),
  });
  const limits = createReplayLimits(options.stream, options.replays);
  const poller = createPoller({
    stream: limits.stream,
    clock,
    random,
    onHeads: (heads) => lanes.wake((tenure) => limits.headOf(tenure, heads)),
    onError: (error) => telemetry.error('read the heads of the lanes', error),
  });
  const keeper = createLeaseKeeper({
    worker,
    store: leases,
    lanes: withDuties(limits.watch(lanes), options, {
      onLost: (tenure) => keeper.forget(tenure),
      provenAtMs: (tenure) => keeper.provenAtMs(tenure),
    }),
    leaseMs: settings.leaseMs,
    clock,
    random,
    afterRound: () => poller.nextRound(),
    onAcquired: (lease) => {
      if (lease.isBuilding) rebuilds.note(lease);
      telemetry.acquired(lease);
    },
    onReleased: (tenures) => telemetry.released(tenures),
    onLost: (lease) => telemetry.lost(lease),
    onError: (what, error) => telemetry.error(what, error),
  });
  const parks = keepParks(options, own, lanes, telemetry);
  const parkOf = (processor: string) => parks.get(processor) ?? parks.get('')!;
  const loops = Promise.all([poller, keeper, rebuilds, ...parks.values()].map((part) => part.run(signal)));
  return {
    stop: async () => {
      stopping.abort();
      await keeper.giveBackAll();
      await Promise.race([loops, clock.sleep(longestStopMs)]);
    },
    held: keeper.held,
    lastSeenAtMs: poller.lastRoundAtMs,
  };
};

const chooseThreads =
  (
    options: WorkerOptions,
    own: ReadonlyMap<string, ThreadPool>,
    { isBuilding }: Pick<ReturnType<typeof createRebuildWatch>, 'isBuilding'>,
  ): ((tenure: Tenure) => Pick<ThreadPool, 'use'>) =>
  (tenure) =>
    own.get(tenure.processor) ?? { use: (work) => (isBuilding(tenure) ? options.rebuildThreads : options.threads).use(work) };

/** One for each processor of a team's own, by its name, and one, by '', for the built-in ones. */
const keepParks = (
  options: WorkerOptions,
  own: ReadonlyMap<string, ThreadPool>,
  lanes: Pick<RunningLanes, 'kept'>,
  telemetry: WorkerTelemetry,
): ReadonlyMap<string, ParkKeeper> => {
  const { settings, recoveries, erasures, ranges, clock, random } = options;
  const keep = (threads: ThreadPool, isIts: (processor: string) => boolean) =>
    createParkKeeper({
      lanes: () => lanes.kept().filter(({ tenure }) => isIts(tenure.processor)),
      store: options.park,
      recoveries,
      erasures,
      ranges,
      threads,
      telemetry,
      clock,
      random,
      pending: { limitSeconds: settings.pendingLimitSeconds, policy: settings.bounds.pendingPolicy },
    });
  const parks = [...own].map(([name, threads]) => [name, keep(threads, (processor) => processor === name)] as const);
  return new Map([['', keep(options.parkThreads, (processor) => !own.has(processor))], ...parks]);
};

/** The duties are a lane to the leases, and no lane to anybody else. */
const withDuties = (
  lanes: LaneHost,
  options: WorkerOptions,
  leases: { onLost(tenure: Tenure): void; provenAtMs(tenure: Tenure): number },
): LaneHost => {
  let duties: Duties | null = null;
  return {
    start: (lease: AcquiredLease) => {
      if (lease.processor !== dutiesName) return lanes.start(lease);
      const tenure = { processor: lease.processor, version: lease.version, lane: lease.lane, epoch: lease.epoch };
      duties = options.startDuties(tenure, { onLost: () => leases.onLost(tenure), provenAtMs: () => leases.provenAtMs(tenure) });
    },
    stop: async (tenure) => {
      if (tenure.processor !== dutiesName) return lanes.stop(tenure);
      const last = duties;
      duties = null;
      await last?.stop();
    },
  };
};
