// The throttle of each lane: that of its processor, or while its version is built that of the rebuild.
import type { LaneId } from './checkpoint.ts';
import type { RebuildWatch } from './rebuild-watch.ts';
import { createPacedBucket, createTokenBucket, type TokenBucket } from './token-bucket.ts';
import type { WorkerClock } from './worker-clock.ts';

export type LanePace = { readonly bucketOf: (lane: LaneId) => TokenBucket };

export type LanePaceOptions = {
  readonly rebuilds: Pick<RebuildWatch, 'isBuilding' | 'rateOf'>;
  /** Of each version of a processor; 0: none. */
  readonly maxEventsPerSecond: number;
  readonly clock: WorkerClock;
};

export const createLanePace = ({ rebuilds, maxEventsPerSecond, clock }: LanePaceOptions): LanePace => {
  const made = new Map<string, TokenBucket>();
  const once = (name: string, make: () => TokenBucket) => {
    const bucket = made.get(name) ?? make();
    made.set(name, bucket);
    return bucket;
  };
  return {
    bucketOf: (lane) => {
      const name = `${lane.processor}/${lane.version}`;
      const live = once(name, () => createTokenBucket(maxEventsPerSecond, clock));
      const now = () =>
        rebuilds.isBuilding(lane) ? once(`${name} built`, () => createPacedBucket(() => rebuilds.rateOf(lane), clock)) : live;
      return {
        take: (wanted, signal) => now().take(wanted, signal),
        giveBack: (count) => now().giveBack(count),
      };
    },
  };
};
