import { expect, test } from 'vitest';
import { readLogs } from '../otlp/read-logs.ts';
import { createLogStore } from './log-store.ts';
import { limits, linesOf, record, resource } from './logql/testing.ts';

const request = (...bodies: string[]) =>
  readLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((body, at) => record(at + 1, body, 9)) }] }] });

test('the oldest entries go for the bounds, a line that is too long is rejected, and each is counted as lost', () => {
  const small = createLogStore({ ...limits, maxEntries: 2, maxLineBytes: 10 });
  expect(small.add(request('a', 'b', 'c', 'x'.repeat(11)), 0)).toMatchObject({
    accepted: 3,
    rejected: 1,
    message: expect.stringContaining('the most is 10'),
  });
  expect([...small.entries()].map(({ entry }) => entry.line)).toEqual(['b', 'c']);
  expect(small.report()).toMatchObject({ entries: 2, droppedEntries: 2, streams: 1 });
  expect([small.droppedSince(0), small.droppedSince(1_000)]).toEqual([2, 0]);
});

test('entries past their age go with the next that come, and their streams with them', () => {
  const store = createLogStore({ ...limits, maxAgeMs: 1_000 });
  store.add(readLogs({ resourceLogs: [{ resource: resource('old'), scopeLogs: [{ logRecords: [record(1, 'a', 9)] }] }] }), 0);
  store.add(request('b'), 1_001);
  expect([...store.streams()].map(({ labels }) => labels.get('service_name'))).toEqual(['unknown_service']);
  expect(store.report()).toMatchObject({ entries: 1, droppedEntries: 1 });
});

test('a request in which nothing is kept leaves no stream behind', () => {
  const store = createLogStore({ ...limits, maxLineBytes: 1 });
  store.add(request('too long'), 0);
  expect(store.report()).toMatchObject({ streams: 0, entries: 0, bytes: 0 });
});

test('an entry that was sent twice is found once, one at another nanosecond twice', async () => {
  const store = createLogStore(limits);
  store.add(request('same', 'same'), 0);
  store.add(request('same'), 0);
  expect(await linesOf(store, '{service_name="unknown_service"}')).toHaveLength(2);
});

test('two entries of one moment that differ in their metadata alone are both there', async () => {
  const store = createLogStore(limits);
  const withId = (intValue: string) => record(1, 'accepted', 9, { attributes: [{ key: 'id', value: { intValue } }] });
  store.add(readLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [withId('1'), withId('2'), withId('2')] }] }] }), 0);
  expect(await linesOf(store, '{service_name="unknown_service"}')).toHaveLength(2);
});

test('whoever follows gets what is added, until they stop', () => {
  const store = createLogStore(limits);
  const seen: string[] = [];
  const stop = store.follow((added) => seen.push(...added.map(({ entry }) => entry.line)));
  store.add(request('a', 'b'), 0);
  stop();
  store.add(request('c'), 0);
  expect(seen).toEqual(['a', 'b']);
});
