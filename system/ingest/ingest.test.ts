import { expect, test } from 'vitest';
import { SystemError } from '../contract/system-error.ts';
import { binaryEvent } from './cloudevents/binary-event.ts';
import { createIngest, type IngestOptions } from './ingest.ts';
import { noIngestTelemetry, type TracedKey, type TracedOutcome } from './telemetry.ts';
import { createFakeScheduler, createFakeStream } from './testing.ts';

const bytes = Buffer.from(
  JSON.stringify({ system_name: 'shop', object_id: 'o1', event_name: 'placed', event_time: '2026-01-01T00:00:00Z', metadata: {} }),
);

const start = (queueLimitBytes: number, more: Pick<IngestOptions, 'onAppended'> = {}) => {
  const blocks: PromiseWithResolvers<{ first: number; count: number }>[] = [];
  const scheduler = createFakeScheduler();
  const takeIds = () => {
    const block = Promise.withResolvers<{ first: number; count: number }>();
    blocks.push(block);
    return block.promise;
  };
  const ingest = createIngest({
    writer: { ...createFakeStream(), takeIds },
    laneCount: 2,
    flushers: 1,
    flushEvents: 100,
    flushBytes: 1_000_000,
    flushLingerMs: 0,
    queueLimitBytes,
    commitTimeoutMs: 1000,
    telemetry: noIngestTelemetry,
    scheduler,
    now: () => 0,
    random: () => 0.5,
    ...more,
  });
  return { ingest, blocks, scheduler };
};

const each = bytes.length + 512;

test('events that wait for ids, while the database does not answer, fill the queue as those that wait for a commit do', async () => {
  const { ingest, blocks } = start(3 * each);
  const waiting = Array.from({ length: 3 }, () => ingest.accept('default', bytes, null, null));
  expect(await ingest.accept('default', bytes, null, null)).toMatchObject({ kind: 'refused', code: 'overloaded' });
  expect(ingest.queueBytes()).toBe(3 * each);
  blocks[0]?.reject(new SystemError('FL_STREAM_UNREACHABLE', 'away'));
  expect(await Promise.all(waiting)).toMatchObject(Array(3).fill({ kind: 'refused', code: 'storage_unavailable' }));
  expect(ingest.queueBytes()).toBe(0);
});

test('a drain waits for those that wait for ids, and commits them once the ids come', async () => {
  const { ingest, blocks, scheduler } = start(3 * each);
  const waiting = ingest.accept('default', bytes, null, null);
  const drained = ingest.drain();
  blocks[0]?.resolve({ first: 7, count: 5000 });
  await scheduler.advanceTo(1000);
  expect(await waiting).toMatchObject({ kind: 'accepted', id: 7 });
  await drained;
  expect(ingest.queueBytes()).toBe(0);
});

test('a full queue refuses before it reads: also what would be refused for itself', async () => {
  const { ingest, blocks, scheduler } = start(each);
  const waiting = ingest.accept('default', bytes, null, null);
  expect(await ingest.accept('default', Buffer.from('{'), null, null)).toMatchObject({ code: 'overloaded' });
  blocks[0]?.resolve({ first: 7, count: 5000 });
  await scheduler.advanceTo(1000);
  await waiting;
  expect(await ingest.accept('default', Buffer.from('{'), null, null)).toMatchObject({ code: 'invalid_json' });
  expect(ingest.queueBytes()).toBe(0);
});

test('what is refused for itself leaves its room to others', async () => {
  const { ingest } = start(each);
  for (let n = 0; n < 3; n += 1)
    expect(await ingest.accept('default', Buffer.from('{'), null, null)).toMatchObject({ code: 'invalid_json' });
  expect(ingest.queueBytes()).toBe(0);
});

test('a traced request tells what became of its event, and whose it was', async () => {
  const { ingest, blocks, scheduler } = start(each);
  const told: (readonly [TracedKey | null, TracedOutcome])[] = [];
  const trace = {
    traceparent: '',
    settled: (key: TracedKey | null, outcome: TracedOutcome) => void told.push([key, outcome]),
    end: () => {},
  };
  const accepted = ingest.accept('default', bytes, null, trace);
  await ingest.accept('default', bytes, null, trace);
  await ingest.accept('default', Buffer.from('['), null, trace);
  blocks[0]?.resolve({ first: 7, count: 5000 });
  await scheduler.advanceTo(1000);
  await accepted;
  await ingest.accept('default', Buffer.from('{'), null, trace);
  expect(told).toMatchObject([
    [{ objectId: 'o1' }, { kind: 'refused', code: 'overloaded' }],
    [null, { kind: 'refused', code: 'overloaded' }],
    [{ objectId: 'o1' }, { kind: 'accepted', id: 7, duplicate: false }],
    [null, { kind: 'refused', code: 'invalid_json' }],
  ]);
});

test('what is kept of a CloudEvent may be longer than it came, and takes its room in the queue as well, or is refused', async () => {
  const { ingest, blocks } = start(2500);
  const waiting = ingest.accept('default', bytes, null, null);
  const headers = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': 's', 'ce-type': 't', 'content-type': 'image/png' };
  const form = binaryEvent({ headers, rawHeaders: Object.entries(headers).flat() });
  // It has room as it comes, and none as Base64.
  expect(each + 1000 + 512).toBeLessThan(2500);
  expect(await ingest.accept('default', Buffer.alloc(1000), null, null, form)).toMatchObject({ kind: 'refused', code: 'overloaded' });
  expect(ingest.queueBytes()).toBe(each);
  const small = ingest.accept('default', Buffer.alloc(300), null, null, form);
  expect(ingest.queueBytes()).toBeGreaterThan(each + 512 + 400);
  blocks[0]?.reject(new SystemError('FL_STREAM_UNREACHABLE', 'away'));
  await Promise.all([waiting, small]);
  expect(ingest.queueBytes()).toBe(0);
});

test('what a tenant stored and what the queue holds is counted in bytes, not in characters', async () => {
  const stored: number[] = [];
  const { ingest, blocks, scheduler } = start(10_000, { onAppended: (_tenant, size) => void stored.push(size) });
  const text = JSON.stringify({ ...(JSON.parse(bytes.toString()) as object), metadata: { greeting: 'Grüße, 世界 😀' } });
  const size = Buffer.byteLength(text);
  expect(size).toBeGreaterThan(text.length);
  const plain = ingest.accept('default', Buffer.from(text), null, null);
  const note = { sender: { tenant: 'default', source: '', boot: '', first: null }, number: null, isUndecided: false };
  const datagram = ingest.acceptDatagram(Buffer.from(text), { tenant: 'default', identity: null, note, charge: { isTaken: false } });
  const headers = { 'ce-specversion': '1.0', 'ce-id': 'e', 'ce-source': 's', 'ce-type': 't', 'content-type': 'application/json' };
  const form = binaryEvent({ headers, rawHeaders: Object.entries(headers).flat() });
  const data = Buffer.from('{"text":"世界世界世界世界世界世界世界世界世界世界"}');
  const grown = ingest.accept('default', data, null, null, form);
  const held = ingest.queueBytes() - 2 * (size + 512) - 512;
  blocks[0]?.resolve({ first: 7, count: 5000 });
  await scheduler.advanceTo(1000);
  await Promise.all([plain, datagram, grown]);
  expect(stored).toEqual([size, size, held]);
  expect(held).toBeGreaterThan(data.length);
});
