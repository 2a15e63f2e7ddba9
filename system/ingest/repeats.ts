// One identity twice in one batch: the first is stored, wherever the lanes of the two are, and whichever commit is quicker; or neither, where the first is refused
// for a reason that passes, or its retry would meet the second.
import { errorCodes } from '../contract/error-codes.ts';
import type { AppendRequest } from '../stream/stream.ts';
import type { CommitOutcome } from './commit-batch.ts';
import type { Room } from './group-commit.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What tells one event from another, and its body from another's. */
type Sameness = Pick<AppendRequest, 'identity' | 'idempotencyKey' | 'bodyHash'>;

/** Of one batch. */
export type Repeats = {
  /** As `room.submit`; what repeats an identity with another body waits until it is known what became of the first. */
  submit(request: AppendRequest, room: Room): Promise<CommitOutcome>;
  /** One was refused before that, and may come again. `read` is called where another is submitted after it; null: it would be refused for itself. */
  turnedAway(refusal: Refusal, read: () => Sameness | null): void;
};

/** Of a body that came more than once, what became of all of them. */
type First = { readonly bodyHash: Uint8Array; readonly outcome: CommitOutcome | Promise<CommitOutcome> };

export const createRepeats = (): Repeats => {
  const firsts = new Map<string, First>();
  let unread: { readonly refusal: Refusal; readonly read: () => Sameness | null }[] = [];
  /** Where all are refused, that must cost nothing: so not before there is one that may be stored. */
  const readAll = (): void => {
    for (const { refusal, read } of unread) {
      const event = read();
      if (event === null || event.idempotencyKey === null || firsts.has(event.identity)) continue;
      firsts.set(event.identity, { bodyHash: event.bodyHash, outcome: refusal });
    }
    unread = [];
  };
  return {
    submit: async (request, room) => {
      const { identity, bodyHash, idempotencyKey } = request;
      // Without a key the identity is a new one.
      if (idempotencyKey === null) return room.submit(request);
      readAll();
      const first = firsts.get(identity);
      if (first === undefined) {
        const outcome = room.submit(request);
        firsts.set(identity, { bodyHash, outcome });
        return outcome;
      }
      if (Buffer.compare(first.bodyHash, bodyHash) === 0) {
        // Whichever of the two is stored, it is what the other one says.
        const outcome = room.submit(request);
        firsts.set(identity, { bodyHash, outcome: ofEither(first.outcome, outcome) });
        return outcome;
      }
      const outcome = await first.outcome;
      if (outcome.kind !== 'refused') return room.submit(request);
      room.release();
      return firstRefused(outcome);
    },
    turnedAway: (refusal, read) => void unread.push({ refusal, read }),
  };
};

/** What became of a body that came twice: stored where one of them was, and unknown where that is so of one. */
const ofEither = async (one: First['outcome'], other: First['outcome']): Promise<CommitOutcome> => {
  const outcome = await one;
  if (outcome.kind !== 'refused') return outcome;
  const later = await other;
  return later.kind !== 'refused' || errorCodes[outcome.code].outcome === 'definite' ? later : outcome;
};

/**
 * What the first one met it would meet as well, or be stored in its place; and it has waited for long. A commit of its own was not tried, so that nothing of it
 * is unknown, whatever is of the first.
 */
const firstRefused = (first: Refusal): Refusal => {
  const isDefinite = errorCodes[first.code].outcome === 'definite';
  const message = `Nothing was stored: an event before it in the batch, with the same identity, ${isDefinite ? 'was not' : 'is not known to be stored'}. Retry.`;
  return isDefinite ? { ...first, message } : refuse('storage_unavailable', message);
};
