// What becomes of an event: its caller is told once, and it leaves the buffer when no request carries it any more. These are two moments where it times out,
// is aborted or cut off while a request is on its way: until that has ended, no later event of its key is sent.
import type { ItemOutcome } from './answer.ts';
import type { Bookkeeper } from './books.ts';
import { type Entry, outcomeOf } from './entry.ts';
import { type Failure, ownFailure, ProducerError, type ProducerErrorName } from './producer-error.ts';

export type Settlement = {
  /** A request that carried it has ended. */
  settle(entry: Entry, outcome: ItemOutcome): 'again' | 'gone';
  /** Its caller is told now, whatever it waits for. */
  giveUp(entry: Entry, code: ProducerErrorName, message: string, cause?: unknown): void;
};

export type SettlementOptions = {
  readonly books: Bookkeeper;
  /** Its caller has been told. */
  readonly told: (entry: Entry) => void;
  /** It takes no room any more, and whoever waits behind it may go. */
  readonly release: (entry: Entry) => void;
};

export const createSettlement = ({ books, told, release }: SettlementOptions): Settlement => {
  const tell = (entry: Entry): void => {
    entry.isSettled = true;
    entry.stopListening?.();
    entry.stopListening = null;
    told(entry);
  };
  const fail = (entry: Entry, failure: Failure): void => {
    const error = new ProducerError(failure, entry);
    tell(entry);
    books.failed(error);
    entry.reject(error);
  };
  const leave = (entry: Entry): 'gone' => {
    entry.isGone = true;
    release(entry);
    entry.body = '';
    return 'gone';
  };

  return {
    settle: (entry, outcome) => {
      if (entry.isSettled) return leave(entry);
      if (outcome.kind === 'accepted') {
        tell(entry);
        books.accepted(outcome.answer);
        entry.resolve(outcome.answer);
        return leave(entry);
      }
      const { failure } = outcome;
      entry.lastFailure = failure;
      if (failure.outcome === 'indefinite') entry.isDoubtful = true;
      if (failure.retryable) return 'again';
      fail(entry, { ...failure, outcome: overAll(entry, failure) });
      return leave(entry);
    },
    giveUp: (entry, code, message, cause = causeOf(entry)) => {
      if (entry.isSettled) return;
      fail(entry, ownFailure(code, message, { outcome: outcomeOf(entry), cause }));
      if (!entry.isInFlight) leave(entry);
    },
  };
};

/** A refusal speaks of its own attempt. Once an earlier one is in doubt, only an acceptance ends the doubt, or word that the identity belongs to another body. */
const overAll = (entry: Entry, failure: Failure): Failure['outcome'] =>
  failure.code === 'idempotency_conflict' || !entry.isDoubtful ? failure.outcome : 'indefinite';

const causeOf = (entry: Entry): ProducerError | undefined =>
  entry.lastFailure === null ? undefined : new ProducerError(entry.lastFailure, entry);
