// What workers need of storage to share lanes: rows with an owner, an epoch and an end, all on the database's clock.
import type { FoundCheckpoint, LaneId, Tenure } from './checkpoint.ts';

export type LeaseView = LaneId & {
  readonly owner: string | null;
  readonly epoch: number;
  /** Its time ran out. */
  readonly expired: boolean;
  /** The code that a worker must have for it, as `processor/code`; null: any worker runs it. */
  readonly needs: string | null;
};

export type Survey = {
  /** Workers that were seen within a third of the lease, this one included, in one order for all. */
  readonly workers: readonly string[];
  /** The code that each of them has, as `processor/code`; of a worker that does not say so none is known. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  /** Versions that were given up are not among them. */
  readonly leases: readonly LeaseView[];
  /** What this worker runs of its own, and was retired while it was away: nobody is given its lanes. */
  readonly retired: readonly { readonly processor: string; readonly version: number }[];
};

export type AcquiredLease = Tenure & {
  readonly kind: 'acquired' | 'taken_over';
  readonly from: string | null;
  /** Where the checkpoint stands; 0 for a lease without one. */
  readonly position: number;
  readonly head: number;
  readonly parked: number;
  readonly pending: number;
  readonly takeoversWithoutProgress: number;
  /** A replay of the log says how far it may be read, `head` included. */
  readonly isLimited: boolean;
  /** Its version is built beside another, and nobody reads it yet. */
  readonly isBuilding: boolean;
};

export type LostLease = Tenure & { readonly otherOwner: string | null; readonly otherEpoch: number | null };

export type LeaseStore = {
  /** Says that this worker lives, and how things stand. */
  survey(): Promise<Survey>;
  /** Takes those of the lanes that are free or whose time ran out: the epoch grows in the lease and in the checkpoint together. */
  acquire(lanes: readonly LaneId[]): Promise<readonly AcquiredLease[]>;
  /** Renews what is still ours and has not run out, and says that this worker lives; returns what is lost, recorded as such. */
  renew(tenures: readonly Tenure[]): Promise<readonly LostLease[]>;
  /** Gives back; the next owner may have it at once. */
  release(tenures: readonly Tenure[]): Promise<void>;
  /** Records that a write of ours was refused for its epoch. */
  recordFenced(tenure: Tenure, found: FoundCheckpoint, what: string): Promise<void>;
  /** Gives back all that is left and leaves the list of workers. */
  leave(): Promise<void>;
};
