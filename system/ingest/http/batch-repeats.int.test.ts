// One identity twice in a batch, for two objects: wherever their lanes are, the first is stored.
import { expect, test } from 'vitest';
import { laneOf } from '../../stream/lane.ts';
import { startTestDoor, type TestDoor } from './testing.ts';

const eventOf = (objectId: string, id: string) => ({
  system_name: 's',
  object_id: objectId,
  event_name: 'n',
  event_time: '2026-01-01T00:00:00Z',
  metadata: {},
  id,
});

/** As many bytes more as there are in a body of `bytes`. */
const large = (event: ReturnType<typeof eventOf>, bytes: number) => ({ ...event, metadata: { filling: 'x'.repeat(bytes) } });

/** An object whose lane is in this group of two. */
const objectIn = (group: number, from = 0): string => {
  const isThere = (objectId: string) => laneOf({ tenant: 'default', systemName: 's', objectId }, 8) % 2 === group;
  return Array.from({ length: 100 }, (_, index) => `o-${from + index}`).find(isThere)!;
};

const statusesOf = async ({ server }: TestDoor, events: readonly unknown[]) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.address}/events/batch`, { method: 'POST', headers, body: JSON.stringify(events) });
  return ((await response.json()) as { results: readonly { status: number }[] }).results.map(({ status }) => status);
};

/** Holds every commit back; `go` lets them go. */
const hold = ({ stream }: TestDoor): (() => void) => {
  const { append } = stream;
  const held = Promise.withResolvers<void>();
  Object.assign(stream, { append: (...given: Parameters<typeof append>) => held.promise.then(() => append(...given)) });
  return held.resolve;
};

test.each([
  [1, 0],
  [0, 1],
])('with little to commit: the first, in group %i, is stored, and the second, in group %i, is not', async (first, second) => {
  await using door = await startTestDoor();
  expect(await statusesOf(door, [eventOf(objectIn(first), 'k'), eventOf(objectIn(second), 'k')])).toEqual([200, 409]);
  expect(door.stream.log.map(({ objectId }) => objectId)).toEqual([objectIn(first)]);
});

test('in commits side by side: the second waits for what becomes of the first', async () => {
  await using door = await startTestDoor({ batchLimitEvents: 300, batchLimitBytes: 1e6, bodyLimitBytes: 4096 });
  const others = Array.from({ length: 150 }, (_, index) => eventOf(objectIn(1), `other-${index}`));
  const statuses = await statusesOf(door, [...others, eventOf(objectIn(1), 'k'), eventOf(objectIn(0), 'k'), eventOf(objectIn(0), 'k')]);
  expect(statuses).toEqual([...others.map(() => 200), 200, 409, 409]);
  expect(door.stream.attempts.length).toBeGreaterThan(2);
});

test('where the first is refused, as nothing can be stored, the second is not stored in its place', async () => {
  await using door = await startTestDoor({ batchLimitEvents: 300, batchLimitBytes: 1e6 });
  const { append } = door.stream;
  Object.assign(door.stream, {
    append: async (...given: Parameters<typeof append>) => {
      if (given[0].some(({ objectId }) => objectId === objectIn(1))) throw new Error('refused by the test');
      return append(...given);
    },
  });
  const others = Array.from({ length: 150 }, (_, index) => eventOf(objectIn(1), `other-${index}`));
  const statuses = await statusesOf(door, [...others, eventOf(objectIn(1), 'k'), eventOf(objectIn(0), 'k')]);
  expect(statuses).toEqual([...others.map(() => 500), 500, 503]);
  expect(door.stream.log).toEqual([]);
  expect(door.ingest.queueBytes()).toBe(0);
});

test.each([
  ['another object', objectIn(0)],
  ['the same object', objectIn(1)],
])('where the first finds no room, a small one after it with its identity, for %s, is not stored in its place', async (_what, object) => {
  await using door = await startTestDoor({ queueLimitBytes: 6000 });
  const go = hold(door);
  const waiting = statusesOf(door, [large(eventOf(objectIn(1), 'before'), 2000)]);
  await expect.poll(() => door.ingest.queueBytes()).toBeGreaterThan(2000);
  const batch = [large(eventOf(objectIn(1), 'k'), 3000), eventOf(object, 'k'), eventOf(object, 'other')];
  const refused = statusesOf(door, batch);
  await expect.poll(() => door.ingest.queueBytes()).toBeGreaterThan(3000);
  go();
  expect([await waiting, await refused]).toEqual([[200], [503, 503, 200]]);
  expect(await statusesOf(door, batch)).toEqual([200, 409, 200]);
  expect(door.ingest.queueBytes()).toBe(0);
});
