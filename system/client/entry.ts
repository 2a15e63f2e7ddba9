// One event on its way: what is sent of it, and what became of it so far.
import type { Outcome } from '../contract/error-codes.ts';
import type { Accepted, EventBody } from '../contract/event.ts';
import { type Failure, ownFailure } from './producer-error.ts';
import type { Place } from './queue.ts';
import type { TraceContext } from './trace-context.ts';

export type Entry = {
  /** In the order of `send`. */
  readonly number: number;
  /** Whose order it keeps; null: nobody's. */
  readonly key: string | null;
  readonly idempotencyKey: string | null;
  /** JSON, the same for every attempt; empty once the event is gone. */
  body: string;
  /** What it counts in the buffer. */
  readonly bufferBytes: number;
  /** What it counts in a request. */
  readonly bodyBytes: number;
  readonly trace: TraceContext | null;
  readonly sentAtMs: number;
  readonly resolve: (answer: Accepted) => void;
  readonly reject: (error: Error) => void;
  attempts: number;
  /** An attempt ended without anyone knowing whether it was stored. */
  isDoubtful: boolean;
  isInFlight: boolean;
  /** The caller has been told. A request that carries it may still be on its way. */
  isSettled: boolean;
  /** Out of the buffer, for good. */
  isGone: boolean;
  lastFailure: Failure | null;
  stopListening: (() => void) | null;
  waitingPlace: Place<Entry> | null;
  unsettledPlace: Place<Entry> | null;
  linePlace: Place<Entry> | null;
  readyPlace: Place<Entry> | null;
};

/** What an event weighs beside its text: 0.67 KB where all have one key, 0.85 KB where each has its own (Node 26, heap after a collection, 20,000 events). */
export const entryOverheadBytes = 1024;

export type EntryMaking = Pick<Entry, 'number' | 'trace' | 'sentAtMs' | 'resolve' | 'reject'> & {
  readonly ordering: 'key' | 'none';
  readonly maxBatchBytes: number;
  readonly newId: () => string;
};

/** The event is written down now: what its caller changes later is not sent, and every retry is the same text. */
export const createEntry = (event: EventBody, making: EntryMaking): Entry | Failure => {
  const { ordering, maxBatchBytes, newId, ...given } = making;
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return ownFailure(
      'FL_CLIENT_EVENT',
      `An event is an object, not ${event === null ? 'null' : Array.isArray(event) ? 'an array' : typeof event}.`,
    );
  }
  const id: unknown = event.id ?? newId();
  const body = write({ ...event, id });
  if (typeof body !== 'string') return body;
  // With the line feed that ends it.
  const bodyBytes = Buffer.byteLength(body) + 1;
  if (bodyBytes > maxBatchBytes) {
    return ownFailure('FL_CLIENT_EVENT_TOO_LARGE', `The event has ${bodyBytes} bytes as JSON; maxBatchBytes is ${maxBatchBytes}.`);
  }
  return {
    ...given,
    key: ordering === 'none' ? null : JSON.stringify([event.system_name, event.object_id]),
    idempotencyKey: typeof id === 'string' ? id : null,
    body,
    bodyBytes,
    bufferBytes: bodyBytes + entryOverheadBytes,
    ...untouched,
  };
};

const untouched = {
  attempts: 0,
  isDoubtful: false,
  isInFlight: false,
  isSettled: false,
  isGone: false,
  lastFailure: null,
  stopListening: null,
  waitingPlace: null,
  unsettledPlace: null,
  linePlace: null,
  readyPlace: null,
};

const write = (event: object): string | Failure => {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    return ownFailure('FL_CLIENT_EVENT', `The event can not be written as JSON: ${(cause as Error).message}`, { cause });
  }
};

/** What can be said of an event that has no answer. */
export const outcomeOf = ({ isDoubtful, isInFlight }: Entry): Outcome => (isDoubtful || isInFlight ? 'indefinite' : 'definite');
