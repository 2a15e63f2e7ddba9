import { expect, test } from 'vitest';
import type { CommitOutcome } from './commit-batch.ts';
import type { Room } from './group-commit.ts';
import { refuse } from './refusal.ts';
import { createRepeats } from './repeats.ts';
import { fakeRequest } from './testing.ts';

/** Of one identity, for an object each: so each is another body. */
const eventOf = (id: number) => fakeRequest(id, { identity: 'k', idempotencyKey: 'k', objectId: `o-${id}`, bodyHash: Buffer.from([id]) });

const roomOf = (outcome: CommitOutcome): Room & { isReleased: boolean } => {
  const room = {
    submit: () => Promise.resolve(outcome),
    grow: () => true,
    isReleased: false,
    release: () => void (room.isReleased = true),
  };
  return room;
};

const stored: CommitOutcome = { kind: 'appended', id: 2, lane: 0, position: 1 };

test.each([
  [refuse('storage_unavailable', ''), 'an event before it in the batch, with the same identity, was not'],
  [refuse('commit_unknown', ''), 'an event before it in the batch, with the same identity, is not known to be stored'],
  [refuse('internal', ''), 'an event before it in the batch, with the same identity, is not known to be stored'],
])('what became of the first is told as it is: $code', async (outcome, words) => {
  const repeats = createRepeats();
  const [first, second] = [roomOf(outcome), roomOf(stored)];
  const outcomes = await Promise.all([repeats.submit(eventOf(1), first), repeats.submit(eventOf(2), second)]);
  expect(outcomes).toEqual([outcome, refuse('storage_unavailable', `Nothing was stored: ${words}. Retry.`)]);
  expect(second.isReleased).toBe(true);
});
