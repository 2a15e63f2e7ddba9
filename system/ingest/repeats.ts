// One identity twice in one batch: the first is stored, wherever the lanes of the two are, and whichever commit is quicker.
import { errorCodes } from '../contract/error-codes.ts';
import type { AppendRequest } from '../stream/stream.ts';
import type { CommitOutcome } from './commit-batch.ts';
import type { Room } from './group-commit.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Of one batch. */
export type Repeats = {
  /** As `room.submit`; what repeats an identity for another object waits until it is known what became of the first. */
  submit(request: AppendRequest, room: Room): Promise<CommitOutcome>;
};

type First = { readonly objectId: string; readonly outcome: Promise<CommitOutcome> };

export const createRepeats = (): Repeats => {
  const firsts = new Map<string, First>();
  return {
    submit: (request, room) => {
      const { identity, objectId, idempotencyKey } = request;
      // Without a key the identity is a new one.
      if (idempotencyKey === null) return room.submit(request);
      const first = firsts.get(identity);
      if (first === undefined) {
        const outcome = room.submit(request);
        firsts.set(identity, { objectId, outcome });
        return outcome;
      }
      // In one lane they keep their order anyway.
      if (first.objectId === objectId) return room.submit(request);
      return first.outcome.then((outcome) => {
        if (outcome.kind !== 'refused') return room.submit(request);
        room.release();
        return firstRefused(outcome);
      });
    },
  };
};

/** What the first one met it would meet as well, or be stored in its place; and it has waited for long. */
const firstRefused = ({ code }: Refusal): Refusal => {
  const became = errorCodes[code].outcome === 'definite' ? 'was not' : 'is not known to be stored';
  return refuse('storage_unavailable', `Nothing was stored: an event before it in the batch, with the same identity, ${became}. Retry.`);
};
