// The order of one key, as a state machine without I/O: what may happen to an event now, given what happened to its key before.
import type { Key, LogEvent } from '../stream/stream.ts';
import type { Failure } from './failure.ts';

/** An early event, as far as order needs to know it. */
export type EarlyEvent = { readonly position: number; readonly id: number };
/** Numbers that were given up, both ends included. */
export type SkippedGap = { readonly from: number; readonly to: number };

export type KeyState = {
  readonly key: Key;
  /** Its events wait in the park. */
  parked: boolean;
  /** Fixed by the key's first event; null: it has had none. */
  sequenced: boolean | null;
  /** The number that may be applied next; null where not sequenced. */
  next: number | null;
  /** Early events by their number. */
  readonly early: Map<number, EarlyEvent>;
  /** Early events with a higher number than this may exist without being in `early`; Infinity: all are. */
  readonly knownTo: number;
  readonly gaps: readonly SkippedGap[];
  /** Its turn in this batch is over: what comes of it goes to the park, to be worked off from there. */
  setAside?: true;
  /** Whether `sequenced` and `next` differ from what is stored. */
  orderChanged: boolean;
};

export type Verdict =
  | { readonly kind: 'due' }
  | { readonly kind: 'early' }
  /** Waits behind an event of its key that failed. */
  | { readonly kind: 'behind' }
  /** Comes after its number was given up. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'refused'; readonly failure: Failure };

export const keyName = ({ tenant, systemName, objectId }: Key): string => `${tenant}\u0000${systemName}\u0000${objectId}`;

export const newKeyState = ({ tenant, systemName, objectId }: Key): KeyState => ({
  key: { tenant, systemName, objectId },
  parked: false,
  sequenced: null,
  next: null,
  early: new Map(),
  knownTo: Infinity,
  gaps: [],
  orderChanged: false,
});

/** Fixes whether the key is sequenced, at its first event that is not parked; changes nothing else. */
export const judge = (state: KeyState, event: Pick<LogEvent, 'sequence' | 'id'>): Verdict => {
  if (state.parked) return { kind: 'behind' };
  if (state.sequenced === null) begin(state, event.sequence !== null);
  if (state.sequenced !== (event.sequence !== null)) return { kind: 'refused', failure: mixed(state, event.sequence) };
  return event.sequence === null ? { kind: 'due' } : judgeNumber(state, event.sequence);
};

const begin = (state: KeyState, sequenced: boolean) => {
  state.sequenced = sequenced;
  state.next = sequenced ? 1 : null;
  state.orderChanged = true;
};

const judgeNumber = (state: KeyState, sequence: number): Verdict => {
  const next = state.next ?? 1;
  if (state.early.has(sequence)) return { kind: 'refused', failure: conflict(sequence, 'an early event with it waits') };
  if (sequence === next) return { kind: 'due' };
  if (sequence > next) return { kind: 'early' };
  if (state.gaps.some(({ from, to }) => from <= sequence && sequence <= to)) return { kind: 'skipped' };
  return { kind: 'refused', failure: conflict(sequence, `the key is at ${next} already`) };
};

/** The event with the number that was due is done, whatever became of it: applied, ignored or discarded. */
export const passNumber = (state: KeyState, sequence: number | null): void => {
  if (state.next === null || sequence === null || sequence < state.next) return;
  state.next = sequence + 1;
  state.orderChanged = true;
};

/** The early event that is due now, if there is one. */
export const earlyNowDue = (state: KeyState): EarlyEvent | undefined =>
  state.parked || state.next === null ? undefined : state.early.get(state.next);

/** Early events that become due if these numbers arrive and nothing fails: what to load before delivering. In order, at most `limit`. */
export const drainable = (state: KeyState, arriving: Iterable<number>, limit: number): readonly EarlyEvent[] => {
  const here = new Set(arriving);
  const due: EarlyEvent[] = [];
  for (let number = state.next ?? 1; due.length < limit; number += 1) {
    const early = state.early.get(number);
    if (early !== undefined) due.push(early);
    else if (!here.has(number)) break;
  }
  return due;
};

/** Gives up the numbers before the lowest early event; null where no gap is open. */
export const skipGap = (state: KeyState): SkippedGap | null => {
  if (state.next === null || state.early.size === 0) return null;
  const lowest = Math.min(...state.early.keys());
  if (lowest <= state.next) return null;
  const gap = { from: state.next, to: lowest - 1 };
  state.next = lowest;
  state.orderChanged = true;
  return gap;
};

const mixed = (state: KeyState, sequence: number | null): Failure => ({
  code: 'sequence_mixed',
  message: state.sequenced
    ? 'The key is sequenced by its first event, but this one has no sequence.'
    : `The key is not sequenced by its first event, but this one has sequence ${sequence}.`,
  errorType: null,
});

const conflict = (sequence: number, why: string): Failure => ({
  code: 'sequence_conflict',
  message: `Sequence ${sequence} is used by another event of the key: ${why}.`,
  errorType: null,
});
