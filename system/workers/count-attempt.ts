// An attempt on an event of a lane that goes one event at a time, in the one place that its checkpoint has for it: counted durably before user code runs, and
// taken off where trouble with storage ends it. What never was counted is not taken off: that would be a death.
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import { isConnectionLoss } from './error-class.ts';
import type { Attempt, LaneStore } from './lane-store.ts';
import type { SurvivedAttempts, TakeOff } from './survived-attempts.ts';

export type AttemptPlace = {
  readonly tenure: Tenure;
  readonly store: Pick<LaneStore, 'attempt' | 'noteAttempt' | 'takeOffAttempts'>;
  readonly survived: Pick<SurvivedAttempts, 'of' | 'noted' | 'inherited'>;
};

/** `before`: what was stored before it. `deaths`: attempts that nobody is known to have survived, with this one. */
export const countAttempt = async (
  place: AttemptPlace,
  position: number,
  before: Attempt,
): Promise<{ readonly deaths: number } | { readonly fenced: FoundCheckpoint }> => {
  const { tenure, store, survived } = place;
  const takeOff = takeOffFrom(place, position);
  const noted = await store.noteAttempt(tenure, position).catch(async (error: unknown) => {
    if (isConnectionLoss(error) && (await mayBeCounted(place, position, before))) survived.noted(tenure, position, takeOff);
    throw error;
  });
  if ('fenced' in noted) return noted;
  const deaths = noted.count - survived.of(tenure, position);
  survived.noted(tenure, position, takeOff);
  return { deaths };
};

/** The attempt that took its thread with it: the process lives, it was no death. */
export const inheritAttempt = (place: AttemptPlace, position: number): void =>
  place.survived.inherited(place.tenure, position, takeOffFrom(place, position));

/**
 * Its answer was lost. Under one epoch nobody else counts, so that what is stored tells. Where that can't be had either it is taken for counted: trouble with
 * storage must park no event, and that is for good, while a death that is forgotten costs one more, after which its event is found all the same.
 */
const mayBeCounted = async ({ tenure, store }: AttemptPlace, position: number, before: Attempt): Promise<boolean> => {
  const countOf = (attempt: Attempt) => (attempt.position === position ? attempt.count : 0);
  const now = await store.attempt(tenure).catch(() => null);
  return now === null || countOf(now) > countOf(before);
};

/**
 * What is not there any more needs no taking off. Under another epoch it stands there as before: a lane that ran out in the very trouble comes back to this
 * process, which knows then that it was no death.
 */
const takeOffFrom =
  ({ tenure, store }: AttemptPlace, position: number): TakeOff =>
  async (count) =>
    (await store.takeOffAttempts(tenure, position, count)) || (await store.attempt(tenure)).position !== position;
