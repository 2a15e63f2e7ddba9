// What workers need of storage to build a version of a read model beside the one that is read.
import type { LaneId } from './checkpoint.ts';

export type BuildingVersion = Pick<LaneId, 'processor' | 'version'> & {
  /** At most, over all lanes; 0: no bound of its own. */
  readonly ratePerSecond: number;
  readonly laneCount: number;
};

export type RebuildLook = {
  /** Versions that nobody reads yet. */
  readonly building: readonly BuildingVersion[];
  /** How long the oldest event that a version in use has not passed waits for it; 0 with none. Not looked for while nothing is built. */
  readonly liveLagSeconds: number;
};

export type RebuildStore = {
  look(): Promise<RebuildLook>;
};
