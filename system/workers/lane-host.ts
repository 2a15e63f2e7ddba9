// Runs the lanes that this worker holds.
import { laneName, type FoundCheckpoint, type Tenure } from './checkpoint.ts';
import type { LaneHost } from './lease-keeper.ts';
import type { LaneBounds } from './ordered-lane.ts';
import type { KeptLane } from './kept-lane.ts';
import type { UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';
import { startRunningLane, type RunningLane } from './running-lane.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { LanePace } from './lane-pace.ts';
import type { WorkerClock } from './worker-clock.ts';

export type LaneHostOptions = {
  /** Processors without order, by name; every other one is ordered and runs in threads. */
  readonly unordered: ReadonlyMap<string, UnorderedProcessor>;
  readonly ranges: RangeStore;
  /** Of an ordered processor. */
  readonly threads: (tenure: Tenure) => Pick<ThreadPool, 'use'>;
  readonly bucketOf: LanePace['bucketOf'];
  readonly batchEvents: number;
  readonly bounds: LaneBounds;
  readonly telemetry: WorkerTelemetry;
  readonly clock: WorkerClock;
  readonly random: () => number;
  readonly recordFenced: (tenure: Tenure, found: FoundCheckpoint, what: string) => Promise<void>;
  readonly onFenced: (tenure: Tenure) => void;
  readonly onParked: (tenure: Tenure) => void;
  readonly skipOldestGap: (lane: KeptLane) => Promise<boolean>;
};

export type RunningLanes = LaneHost & {
  readonly kept: () => readonly KeptLane[];
  /** Tells every lane how far it may be read. */
  wake(headOf: (tenure: Tenure) => number): void;
};

export const createLaneHost = (options: LaneHostOptions): RunningLanes => {
  const running = new Map<string, RunningLane>();
  const forget = (tenure: Tenure) => {
    const name = laneName(tenure);
    if (running.get(name)?.tenure.epoch === tenure.epoch) running.delete(name);
  };
  const onFenced = (tenure: Tenure) => {
    forget(tenure);
    options.onFenced(tenure);
  };
  return {
    start: (lease) => void running.set(laneName(lease), startRunningLane(options, lease, onFenced)),
    stop: async (tenure) => {
      const lane = running.get(laneName(tenure));
      if (lane === undefined || lane.tenure.epoch !== tenure.epoch) return;
      await lane.stop();
      forget(tenure);
    },
    kept: () => [...running.values()].map(({ kept }) => kept),
    wake: (headOf) => {
      for (const lane of running.values()) lane.wake(headOf(lane.tenure));
    },
  };
};
