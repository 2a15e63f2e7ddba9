// What workers need of storage to share lanes: rows with an owner, an epoch and an end, all on the database's clock.
import type { FoundCheckpoint, LaneId, Tenure } from './checkpoint.ts';

export type LeaseView = LaneId & {
  readonly owner: string | null;
  readonly epoch: number;
  /** Its time ran out. */
  readonly expired: boolean;
  /** Of a team's own processor: only workers that run it share its lanes. */
  readonly own?: boolean;
};

export type Survey = {
  /** Workers that were seen within a third of the lease, this one included, in one order for all. */
  readonly workers: readonly string[];
  readonly leases: readonly LeaseView[];
  /** Which workers run which processors of a team's own. */
  readonly runs: readonly ({ readonly worker: string } & Pick<LaneId, 'processor' | 'version'>)[];
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
