import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AppendRequest } from '../stream/stream.ts';
import type { CommitOutcome } from './commit-batch.ts';
import { createGroupCommit, type GroupCommitOptions, overloaded } from './group-commit.ts';
import { createFakeScheduler, createFakeStream, type FakeStream, fakeRequest, type Step } from './testing.ts';

const laneOf = ({ objectId }: AppendRequest) => Number(objectId.split('-')[1]);

const start = (stream: FakeStream, change: Partial<GroupCommitOptions> = {}) => {
  const scheduler = createFakeScheduler();
  const flushes: number[] = [];
  const commits = createGroupCommit({
    writer: stream,
    laneOf,
    flushers: 2,
    flushEvents: 100,
    flushBytes: 1_000_000,
    flushLingerMs: 0,
    queueLimitBytes: 1_000_000,
    commitTimeoutMs: 1000,
    scheduler,
    random: () => 0.5,
    onFlush: (_seconds, events) => void flushes.push(events),
    onFailure: () => {},
    onCommit: () => {},
    ...change,
  });
  const submit = (request: AppendRequest) =>
    commits.reserve('default', Buffer.byteLength(request.body))?.submit(request) ?? Promise.resolve(overloaded());
  return { commits: { ...commits, submit }, scheduler, flushes };
};

const kinds = (outcomes: readonly CommitOutcome[]) => outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.code : outcome.kind));

test('what comes together is committed together, whatever its lanes', async () => {
  const stream = createFakeStream();
  const { commits, scheduler } = start(stream);
  const all = Promise.all(Array.from({ length: 20 }, (_, index) => commits.submit(fakeRequest(index + 1))));
  await scheduler.advanceTo(0);
  expect(kinds(await all)).toEqual(Array.from({ length: 20 }, () => 'appended'));
  expect(stream.attempts).toHaveLength(1);
});

test('what is more than one commit takes is committed side by side, each lane group on its own', async () => {
  const stream = createFakeStream(['hang', 'hang']);
  const { commits, scheduler } = start(stream, { flushEvents: 10 });
  const all = Promise.all(Array.from({ length: 20 }, (_, index) => commits.submit(fakeRequest(index + 1))));
  await scheduler.advanceTo(0);
  expect(stream.attempts).toHaveLength(2);
  for (const batch of stream.attempts) expect(new Set(batch.map((request) => laneOf(request) % 2)).size).toBe(1);
  await scheduler.advanceTo(5000);
  await all;
});

test('while a group commits, another with little waits for it and one with much does not', async () => {
  const stream = createFakeStream(['hang']);
  const { commits, scheduler } = start(stream, { flushEvents: 10 });
  const ofGroup = (group: number, count: number) =>
    Array.from({ length: count }, (_, index) => commits.submit(fakeRequest(group * 1000 + index + 1, { objectId: `object-${group}` })));
  const first = ofGroup(0, 1);
  await scheduler.advanceTo(0);
  const second = ofGroup(1, 5);
  await scheduler.advanceTo(1);
  expect(stream.attempts).toHaveLength(1);
  const third = ofGroup(3, 1);
  await scheduler.advanceTo(2);
  expect(stream.attempts.map((batch) => batch.length)).toEqual([1, 6]);
  await scheduler.advanceTo(5000);
  await Promise.all([...first, ...second, ...third]);
});

test('whoever waits behind commits that take all of their time hears within twice that, however many wait before', async () => {
  const stream = createFakeStream(Array.from({ length: 20 }, () => 'hang' as const));
  const { commits, scheduler } = start(stream, { flushers: 1, flushEvents: 1 });
  const heard: number[] = [];
  const all = Array.from({ length: 10 }, (_, index) =>
    commits.submit(fakeRequest(index + 1)).then((outcome) => {
      heard.push(scheduler.nowMs());
      return outcome;
    }),
  );
  await scheduler.advanceTo(10_000);
  expect(kinds(await Promise.all(all))).toEqual([
    'commit_unknown',
    'commit_unknown',
    ...Array.from({ length: 8 }, () => 'storage_unavailable'),
  ]);
  expect(Math.max(...heard)).toBeLessThanOrEqual(2010);
});

test('what comes while a commit runs goes with the next one', async () => {
  const stream = createFakeStream();
  const { commits, scheduler, flushes } = start(stream, { flushers: 1 });
  const first = commits.submit(fakeRequest(1));
  const later = first.then(() => Promise.all([commits.submit(fakeRequest(2)), commits.submit(fakeRequest(3))]));
  await scheduler.advanceTo(0);
  await later;
  expect(flushes).toEqual([1, 2]);
});

test('a batch is bounded by events and by bytes, and one event beyond the bytes goes alone', async () => {
  const byEvents = start(createFakeStream(), { flushers: 1, flushEvents: 3 });
  const some = Promise.all(Array.from({ length: 8 }, (_, index) => byEvents.commits.submit(fakeRequest(index + 1))));
  await byEvents.scheduler.advanceTo(0);
  await some;
  expect(byEvents.flushes).toEqual([3, 3, 2]);

  const byBytes = start(createFakeStream(), { flushers: 1, flushBytes: 2000 });
  const bodies = ['x'.repeat(100), 'x'.repeat(100), 'x'.repeat(5000), 'x'];
  const others = Promise.all(bodies.map((body, index) => byBytes.commits.submit(fakeRequest(index + 1, { body }))));
  await byBytes.scheduler.advanceTo(0);
  await others;
  expect(byBytes.flushes).toEqual([2, 1, 1]);
});

test('the first event waits its linger for company', async () => {
  const { commits, scheduler, flushes } = start(createFakeStream(), { flushers: 1, flushLingerMs: 10, flushEvents: 3 });
  const first = commits.submit(fakeRequest(1));
  await scheduler.advanceTo(9);
  expect(flushes).toEqual([]);
  const second = commits.submit(fakeRequest(2));
  await scheduler.advanceTo(10);
  await Promise.all([first, second]);
  expect(flushes).toEqual([2]);
});

test('a full batch does not linger', async () => {
  const { commits, scheduler, flushes } = start(createFakeStream(), { flushers: 1, flushLingerMs: 10, flushEvents: 2 });
  const both = [commits.submit(fakeRequest(1)), commits.submit(fakeRequest(2))];
  await scheduler.advanceTo(0);
  await Promise.all(both);
  expect(flushes).toEqual([2]);
});

test('what came while a commit ran lingers too, from its first event on', async () => {
  const { commits, scheduler, flushes } = start(createFakeStream(), { flushers: 1, flushLingerMs: 10 });
  const first = commits.submit(fakeRequest(1));
  await scheduler.advanceTo(10);
  await first;
  const second = commits.submit(fakeRequest(2));
  await scheduler.advanceTo(15);
  const third = commits.submit(fakeRequest(3));
  await scheduler.advanceTo(19);
  expect(flushes).toEqual([1]);
  await scheduler.advanceTo(20);
  await Promise.all([second, third]);
  expect(flushes).toEqual([1, 2]);
});

test('past the byte bound it refuses at once and definitely; once committed there is room again', async () => {
  const stream = createFakeStream(['hang']);
  const { commits, scheduler } = start(stream, { flushers: 1, queueLimitBytes: 1200 });
  const waiting = [commits.submit(fakeRequest(1)), commits.submit(fakeRequest(2))];
  expect(kinds([await commits.submit(fakeRequest(3))])).toEqual(['overloaded']);
  expect(commits.queueBytes()).toBe(2 * 514);
  await scheduler.advanceTo(5000);
  await Promise.all(waiting);
  expect(commits.queueBytes()).toBe(0);
  const after = commits.submit(fakeRequest(4));
  await scheduler.advanceTo(5000);
  expect(kinds([await after])).toEqual(['appended']);
  expect(stream.log.map(({ id }) => id)).not.toContain(3);
});

test('an empty queue takes an event larger than its bound', async () => {
  const { commits, scheduler } = start(createFakeStream(), { queueLimitBytes: 100 });
  const large = commits.submit(fakeRequest(1, { body: 'x'.repeat(1000) }));
  await scheduler.advanceTo(0);
  expect(kinds([await large])).toEqual(['appended']);
});

const outcomeOf = async (steps: Step[]) => {
  const stream = createFakeStream(steps);
  const { commits, scheduler } = start(stream, { flushers: 1 });
  const submitted = Promise.all([commits.submit(fakeRequest(1)), commits.submit(fakeRequest(2))]);
  await scheduler.advanceTo(5000);
  return { kinds: kinds(await submitted), stored: stream.log.length, attempts: stream.attempts };
};

test('a deadlock is tried again with the same requests', async () => {
  const { kinds: told, attempts, stored } = await outcomeOf([{ fail: 'FL_STREAM_CONTENDED' }, { fail: 'FL_STREAM_CONTENDED' }]);
  expect(told).toEqual(['appended', 'appended']);
  expect(stored).toBe(2);
  expect(attempts).toHaveLength(3);
  expect(attempts[1]).toEqual(attempts[0]);
});

test('an ambiguous commit is tried again, and finds what it stored: no duplicate, no second row', async () => {
  for (const stored of [true, false]) {
    const result = await outcomeOf([{ fail: 'FL_STREAM_COMMIT_UNKNOWN', stored }]);
    expect(result.kinds).toEqual(['appended', 'appended']);
    expect(result.stored).toBe(2);
  }
});

test('a database that is not reached before any attempt is a definite refusal, at once', async () => {
  const result = await outcomeOf([{ fail: 'FL_STREAM_UNREACHABLE' }]);
  expect(result.kinds).toEqual(['storage_unavailable', 'storage_unavailable']);
  expect(result.attempts).toHaveLength(1);
});

test('a full disk is a definite refusal', async () => {
  expect((await outcomeOf([{ fail: 'FL_STREAM_FAILED' }])).kinds).toEqual(['storage_unavailable', 'storage_unavailable']);
});

test('once a commit was tried without an answer, no later failure makes it definite again', async () => {
  const unreachable = Array.from({ length: 100 }, () => ({ fail: 'FL_STREAM_UNREACHABLE' }) as const);
  const result = await outcomeOf([{ fail: 'FL_STREAM_COMMIT_UNKNOWN', stored: true }, ...unreachable]);
  expect(result.kinds).toEqual(['commit_unknown', 'commit_unknown']);
  expect(result.stored).toBe(2);
});

test('a commit that never answers is given up at the time-out, as unknown', async () => {
  expect((await outcomeOf(['hang'])).kinds).toEqual(['commit_unknown', 'commit_unknown']);
});

test('contention that does not end is a definite refusal at the time-out', async () => {
  const result = await outcomeOf(Array.from({ length: 100 }, () => ({ fail: 'FL_STREAM_CONTENDED' }) as const));
  expect(result.kinds).toEqual(['storage_unavailable', 'storage_unavailable']);
  expect(result.stored).toBe(0);
});

test('a defect of the writer is told as internal, and the next batch goes through', async () => {
  const stream = createFakeStream([{ throw: new TypeError('a defect') }]);
  const { commits, scheduler } = start(stream, { flushers: 1 });
  const first = commits.submit(fakeRequest(1));
  await scheduler.advanceTo(10);
  const second = commits.submit(fakeRequest(2));
  await scheduler.advanceTo(20);
  expect(kinds([await first, await second])).toEqual(['internal', 'appended']);
});

test('an event that the database refuses is alone in its refusal, and the others keep their order', async () => {
  const stream = createFakeStream([], ({ id }) => id === 5);
  const { commits, scheduler } = start(stream, { flushers: 1 });
  const submitted = Promise.all(Array.from({ length: 9 }, (_, index) => commits.submit(fakeRequest(index + 1))));
  await scheduler.advanceTo(1000);
  expect(kinds(await submitted).map((kind) => kind === 'internal')).toEqual([false, false, false, false, true, false, false, false, false]);
  expect(stream.log.map(({ id }) => id)).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
});

test('drain resolves when nothing waits, without waiting for a linger', async () => {
  const { commits, scheduler, flushes } = start(createFakeStream(), { flushers: 1, flushLingerMs: 500 });
  await commits.drain();
  const { commits: hurried, scheduler: time } = start(createFakeStream(), { flushers: 1, flushLingerMs: 500 });
  const submitted = hurried.submit(fakeRequest(1));
  const drained = hurried.drain();
  await time.advanceTo(0);
  await drained;
  expect(kinds([await submitted])).toEqual(['appended']);
  await scheduler.advanceTo(0);
  expect(flushes).toEqual([]);
});

test('whatever happens between, every outcome is true and each identity is stored at most once, in order per key', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step>('commit') },
    fc.constantFrom<Step>(
      { fail: 'FL_STREAM_CONTENDED' },
      { fail: 'FL_STREAM_UNREACHABLE' },
      { fail: 'FL_STREAM_FAILED' },
      { fail: 'FL_STREAM_COMMIT_UNKNOWN', stored: true },
      { fail: 'FL_STREAM_COMMIT_UNKNOWN', stored: false },
    ),
  );
  const sizes = {
    flushers: fc.integer({ min: 1, max: 3 }),
    flushEvents: fc.integer({ min: 1, max: 5 }),
    flushLingerMs: fc.constantFrom(0, 3),
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), fc.record(sizes), async (steps, count, limits) => {
      const stream = createFakeStream(steps);
      const { commits, scheduler } = start(stream, { ...limits, queueLimitBytes: 12_000 });
      const requests = Array.from({ length: count }, (_, index) => fakeRequest(index + 1));
      const submitted = Promise.all(requests.map((request) => commits.submit(request)));
      await scheduler.advanceTo(60_000);
      const stored = new Set(stream.log.map(({ id }) => id));
      expect(stored.size).toBe(stream.log.length);
      const untrue = kinds(await submitted).filter(
        (kind, index) => kind !== 'commit_unknown' && stored.has(index + 1) !== (kind === 'appended'),
      );
      expect(untrue).toEqual([]);
      const byLane = Map.groupBy(stream.log, laneOf);
      for (const lane of byLane.values()) expect(lane.map(({ id }) => id)).toEqual(lane.map(({ id }) => id).toSorted((a, b) => a - b));
      expect(commits.queueBytes()).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('a tenant that floods leaves room for another, whose event is in the very next commit', async () => {
  const stream = createFakeStream();
  const { commits, scheduler, flushes } = start(stream, { queueLimitBytes: 200_000, isShared: () => true, flushEvents: 10, flushers: 1 });
  let refused = 0;
  for (let id = 1; id <= 400; id += 1) {
    const request = fakeRequest(id, { tenant: 'noisy' });
    const room = commits.reserve('noisy', 2);
    if (room === null) refused += 1;
    else void room.submit(request);
  }
  expect(refused).toBeGreaterThan(150);
  const quiet = commits.reserve('quiet', 2)!.submit(fakeRequest(1000, { tenant: 'quiet' }));
  await scheduler.advanceTo(0);
  expect(await quiet).toMatchObject({ kind: 'appended' });
  expect(stream.attempts[0]!.map(({ tenant }) => tenant).slice(0, 2)).toEqual(['noisy', 'quiet']);
  expect(flushes.every((events) => events <= 10)).toBe(true);
});

test('room that is taken counts before anything is submitted, and given back it is free again', async () => {
  const { commits, scheduler } = start(createFakeStream(), { queueLimitBytes: 1000 });
  const room = commits.reserve('default', 2);
  expect(commits.queueBytes()).toBe(514);
  expect(commits.reserve('default', 2)).toBeNull();
  let isDrained = false;
  const draining = commits.drain().then(() => (isDrained = true));
  await scheduler.advanceTo(10);
  expect(isDrained).toBe(false);
  room?.release();
  await draining;
  expect([commits.queueBytes(), commits.reserve('default', 2) === null]).toEqual([0, false]);
});
