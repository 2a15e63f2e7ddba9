// The checkpoint's compare, and the terms of the books that move with it. The compare decides who may write: nothing else does.

export type LaneId = { readonly processor: string; readonly version: number; readonly lane: number };
/** A lane under one owner: the epoch is the fence. */
export type Tenure = LaneId & { readonly epoch: number };

/** The checkpoint row as it stands, locked by the transaction that reads it. */
export type FoundCheckpoint = { readonly position: number; readonly epoch: number };

/**
 * advanced: the row is as expected; write, and move it. already_there: an earlier attempt of ours was committed though its answer was lost; adopt
 * the row's position. behind: the database went back (a restored or crashed server); adopt and read again. fenced: another owner has the lane; stop.
 */
export type CheckpointOutcome = 'advanced' | 'already_there' | 'behind' | 'fenced';

/** `position` null: work from the park, which does not move the checkpoint, so that the epoch alone is compared. */
export const compareCheckpoint = (
  found: FoundCheckpoint,
  expected: { readonly position: number | null; readonly epoch: number },
): CheckpointOutcome => {
  if (found.epoch !== expected.epoch) return 'fenced';
  if (expected.position === null || found.position === expected.position) return 'advanced';
  return found.position > expected.position ? 'already_there' : 'behind';
};

export const terms = ['applied', 'ignored', 'parked', 'pending', 'discarded', 'skipped', 'shed'] as const;
export type Term = (typeof terms)[number];
/** By how much each term of the books changes. */
export type Books = Readonly<Record<Term, number>>;

export const noBooks: Books = { applied: 0, ignored: 0, parked: 0, pending: 0, discarded: 0, skipped: 0, shed: 0 };

export const laneName = ({ processor, version, lane }: LaneId): string => `${processor}/${version}/${lane}`;
