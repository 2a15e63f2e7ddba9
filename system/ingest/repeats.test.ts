import { expect, test } from 'vitest';
import type { CommitOutcome } from './commit-batch.ts';
import { createGroupCommit, type Room } from './group-commit.ts';
import { refuse } from './refusal.ts';
import { createRepeats } from './repeats.ts';
import { sleep } from './scheduler.ts';
import { createFakeScheduler, createFakeStream, fakeRequest } from './testing.ts';

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

const appended: CommitOutcome = { kind: 'appended', id: 2, lane: 0, position: 1 };
const conflict: CommitOutcome = { kind: 'conflict', id: 2 };
const notAppended = (words: string) =>
  refuse('storage_unavailable', `Nothing was stored: an event before it in the batch, with the same identity, ${words}. Retry.`);

test.each([
  [refuse('storage_unavailable', ''), 'was not'],
  [refuse('commit_unknown', ''), 'is not known to be stored'],
  [refuse('internal', ''), 'is not known to be stored'],
])('what became of the first is told as it is: $code', async (outcome, words) => {
  const repeats = createRepeats();
  const [first, second] = [roomOf(outcome), roomOf(appended)];
  const outcomes = await Promise.all([repeats.submit(eventOf(1), first), repeats.submit(eventOf(2), second)]);
  expect(outcomes).toEqual([outcome, notAppended(words)]);
  expect(second.isReleased).toBe(true);
});

const overQuota = { ...refuse('quota_exceeded', 'Too fast.', { retry_after_seconds: 3 }), retryAfterSeconds: 3 };

test('of one that was refused unread none with another body is stored in its place, and the reason is its own', async () => {
  const repeats = createRepeats();
  repeats.turnedAway(overQuota, () => eventOf(1));
  const [same, other] = [roomOf(appended), roomOf(appended)];
  expect(await repeats.submit(eventOf(2), other)).toEqual({
    ...overQuota,
    message: 'Nothing was stored: an event before it in the batch, with the same identity, was not. Retry.',
  });
  expect(await repeats.submit({ ...eventOf(1), id: 3 }, same)).toEqual(appended);
  expect([same.isReleased, other.isReleased]).toEqual([false, true]);
});

test.each<[string, CommitOutcome, CommitOutcome, CommitOutcome]>([
  ['the first failed, and its repeat is stored', refuse('storage_unavailable', ''), appended, conflict],
  ['nobody knows of the first, and its repeat is stored', refuse('commit_unknown', ''), appended, conflict],
  ['the first is stored, and its repeat failed', appended, refuse('storage_unavailable', ''), conflict],
  [
    'nobody knows of the first, and its repeat failed',
    refuse('commit_unknown', ''),
    refuse('overloaded', ''),
    notAppended('is not known to be stored'),
  ],
  ['nobody knows of its repeat', refuse('overloaded', ''), refuse('commit_unknown', ''), notAppended('is not known to be stored')],
])('another body hears what became of the one before it, whichever of that was stored: %s', async (_what, first, again, heard) => {
  const repeats = createRepeats();
  const outcomes = [eventOf(1), { ...eventOf(1), id: 2 }, eventOf(3)].map((event, index) =>
    repeats.submit(event, roomOf([first, again, conflict][index]!)),
  );
  expect(await Promise.all(outcomes)).toEqual([first, again, heard]);
});

test('another body is not told that nothing was stored where one was turned away, and the same came again', async () => {
  const repeats = createRepeats();
  repeats.turnedAway(overQuota, () => eventOf(1));
  const same = repeats.submit({ ...eventOf(1), id: 2 }, roomOf(appended));
  expect(await Promise.all([same, repeats.submit(eventOf(3), roomOf(conflict))])).toEqual([appended, conflict]);
});

test('what was refused unread is read where one with a key comes after it, and once', async () => {
  const repeats = createRepeats();
  let read = 0;
  const broken = () => ((read += 1), null);
  repeats.turnedAway(overQuota, broken);
  repeats.turnedAway(overQuota, broken);
  await repeats.submit(fakeRequest(7), roomOf(appended));
  expect(read).toBe(0);
  for (const id of [1, 1]) expect(await repeats.submit(eventOf(id), roomOf(appended))).toEqual(appended);
  expect(read).toBe(2);
});

test('one that was submitted is the first, whatever was refused after it', async () => {
  const repeats = createRepeats();
  const first = repeats.submit(eventOf(1), roomOf(appended));
  repeats.turnedAway(overQuota, () => eventOf(2));
  expect(await Promise.all([first, repeats.submit(eventOf(3), roomOf(conflict))])).toEqual([appended, conflict]);
});

const startSlowCommits = (commitMs: number) => {
  const stream = createFakeStream();
  const scheduler = createFakeScheduler();
  const append: typeof stream.append = (...given) => sleep(scheduler, commitMs).then(() => stream.append(...given));
  const commits = createGroupCommit({
    writer: { ...stream, append },
    laneOf: ({ objectId }) => Number(objectId.split('-')[1]),
    flushers: 2,
    flushEvents: 1,
    flushBytes: 1e6,
    flushLingerMs: 0,
    queueLimitBytes: 1e6,
    commitTimeoutMs: 1000,
    scheduler,
    random: () => 0.5,
    onFlush: () => {},
    onFailure: () => {},
    onCommit: () => {},
  });
  return { commits, scheduler, stream };
};

test('a repeat hears within twice the time of a commit, also where its first did so late, and others wait before it by then', async () => {
  const { commits, scheduler, stream } = startSlowCommits(950);
  const repeats = createRepeats();
  // The lanes of the first are busy once, and those of the second all the time.
  const others = [commits.reserve('default', 1)!.submit(fakeRequest(100, { objectId: 'o-3' }))];
  const first = repeats.submit(eventOf(1), commits.reserve('default', 1)!);
  const second = repeats.submit(eventOf(2), commits.reserve('default', 1)!).then((outcome) => [scheduler.nowMs() <= 2000, outcome]);
  await scheduler.advanceTo(1800);
  for (let id = 101; id < 105; id += 1) others.push(commits.reserve('default', 1)!.submit(fakeRequest(id, { objectId: 'o-2' })));
  await scheduler.advanceTo(10_000);
  expect(await first).toMatchObject({ kind: 'appended' });
  expect(await second).toEqual([true, expect.objectContaining({ kind: 'refused', code: 'storage_unavailable' })]);
  expect(stream.log.some(({ objectId }) => objectId === 'o-2')).toBe(true);
  await Promise.all(others);
  expect(commits.queueBytes()).toBe(0);
});
