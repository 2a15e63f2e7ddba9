// An attempt on an event of a lane that goes one event at a time, in the one place that its checkpoint has for it.
import type { Tenure } from './checkpoint.ts';
import type { LaneStore } from './lane-store.ts';
import type { TakeOff } from './survived-attempts.ts';

/**
 * What is not there any more needs no taking off. Under another epoch it stands there as before: a lane that ran out in the very trouble comes back to this
 * process, which knows then that it was no death.
 */
export const takeOffFrom =
  (store: Pick<LaneStore, 'attempt' | 'takeOffAttempts'>, tenure: Tenure, position: number): TakeOff =>
  async (count) =>
    (await store.takeOffAttempts(tenure, position, count)) || (await store.attempt(tenure)).position !== position;
