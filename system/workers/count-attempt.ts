// An attempt is counted durably before user code runs, and taken off where trouble with storage ends it: on an event of a lane that goes one event at a time, in
// the one place that its checkpoint has for it, and on a parked event. What never was counted is not taken off: that would be a death.
import type { Key } from '../stream/stream.ts';
import type { FoundCheckpoint, Tenure } from './checkpoint.ts';
import { isConnectionLoss } from './error-class.ts';
import type { Failure } from './failure.ts';
import type { Attempt, LaneStore, ParkedEvent } from './lane-store.ts';
import type { SurvivedAttempts, TakeOff } from './survived-attempts.ts';
import { lonelyCrashes } from './thread-context.ts';

export type AttemptPlace = {
  readonly tenure: Tenure;
  readonly store: Pick<LaneStore, 'attempt' | 'noteAttempt' | 'countedAttempts' | 'takeOffAttempts'>;
  readonly survived: Pick<SurvivedAttempts, 'of' | 'noted' | 'inherited'>;
};

/** `before`: what was stored before it. With a conviction the event is not called: it was alone, and took its process with it, too often. */
export const countAttempt = async (
  place: AttemptPlace,
  position: number,
  before: Attempt,
): Promise<{ readonly conviction: Failure | null } | { readonly fenced: FoundCheckpoint }> => {
  const { tenure, store, survived } = place;
  const countBefore = before.position === position ? before.count : 0;
  const note = () => survived.noted(tenure, position, takeOffFrom(place, position));
  const counted = () => store.countedAttempts(tenure, position);
  const noted = await store.noteAttempt(tenure, position).catch(orLost(note, countBefore, counted));
  if ('fenced' in noted) return noted;
  const deaths = noted.count - survived.of(tenure, position);
  note();
  return { conviction: convict(deaths) };
};

/** `deaths`: attempts that nobody is known to have survived, with the one that is to come. */
const convict = (deaths: number): Failure | null => {
  if (deaths <= lonelyCrashes) return null;
  const message = `The process died ${lonelyCrashes} times with this event alone in hand.`;
  return { code: 'handler_crashed_process', message, errorType: null };
};

/** The attempt that took its thread with it: the process lives, it was no death. */
export const inheritAttempt = (place: AttemptPlace, position: number): void =>
  place.survived.inherited(place.tenure, position, takeOffFrom(place, position));

export type RetryPlace = {
  readonly tenure: Tenure;
  readonly key: Key;
  readonly store: Pick<LaneStore, 'noteRetry' | 'countedRetries' | 'takeOffRetry'>;
  readonly survived: Pick<SurvivedAttempts, 'noted'>;
};

/** `head`: as it was stored before it. */
export const countRetry = async ({ tenure, key, store, survived }: RetryPlace, head: ParkedEvent, nextAttemptAfterMs: number) => {
  const { position, attempts: before } = head;
  const note = () => survived.noted(tenure, position, (count) => store.takeOffRetry(tenure, position, count));
  const counted = () => store.countedRetries(tenure, position);
  const noted = await store.noteRetry(tenure, key, position, nextAttemptAfterMs).catch(orLost(note, before, counted));
  if (noted.fenced === null) note();
  return noted;
};

/**
 * Its answer was lost, and it may wait for the lock still. Under one epoch nobody else counts, so that what is counted in the end tells. Where that can't be had
 * either it is taken for counted: trouble with storage must park no event, and that is for good, while a death that is forgotten costs one more, after which its
 * event is found all the same.
 */
const orLost =
  (note: () => void, before: number, counted: () => Promise<number>) =>
  async (error: unknown): Promise<never> => {
    if (!isConnectionLoss(error)) throw error;
    const now = await counted().catch(() => Infinity);
    if (now > before) note();
    throw error;
  };

/**
 * What is not there any more needs no taking off. Under another epoch it stands there as before: a lane that ran out in the very trouble comes back to this
 * process, which knows then that it was no death.
 */
const takeOffFrom =
  ({ tenure, store }: AttemptPlace, position: number): TakeOff =>
  async (count) =>
    (await store.takeOffAttempts(tenure, position, count)) || (await store.attempt(tenure)).position !== position;
