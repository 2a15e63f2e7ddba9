import { expect, test } from 'vitest';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { type Packed, repliesOf, requestOfBatch, togetherAgain } from './parcel.ts';
import type { Reply } from '../reply.ts';

const planned = (op: number, traceId: string | null = null): PlannedOperation =>
  ({ op, intendedAtMs: op, traceId }) as unknown as PlannedOperation;
const packed = (op: number, traceId: string | null = null): Packed => ({
  planned: planned(op, traceId),
  body: Buffer.from(`{"id":"${op}"}`),
  bodySha256: '',
  bodyBytes: 0,
  handedAt: op,
});
const answer = (status: number, body: string, retryAfter: string | null = null): Reply => ({ kind: 'answer', status, body, retryAfter });
const unanswered = { kind: 'error', error: expect.objectContaining({ code: 'FAULTLINE_ELEMENT_MISSING' }), anythingSent: true };

test('a batch is an array of its events, byte by byte as each was, to the route for batches, under the trace of the first', () => {
  const { path, headers, body } = requestOfBatch([packed(0, 'f'.repeat(32)), packed(1), packed(2)], '/events');
  expect(path).toBe('/events/batch');
  expect(body.toString()).toBe('[{"id":"0"},{"id":"1"},{"id":"2"}]');
  expect(headers).toEqual(['content-type', 'application/json', 'traceparent', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-01`]);
});

test('without a marked event a batch has no trace', () => {
  expect(requestOfBatch([packed(0), packed(1)], '/events').headers).toEqual(['content-type', 'application/json']);
});

test('each event gets its own element of the answer', () => {
  const results = [
    { status: 200, id: 7, duplicate: false },
    { status: 400, error: { code: 'invalid_event' } },
    { status: 503, error: { code: 'overloaded' } },
  ];
  const replies = repliesOf(3, answer(200, JSON.stringify({ results }), '2'));
  expect(replies).toEqual(results.map((result) => answer(result.status, JSON.stringify(result), '2')));
});

test.each([
  [503, '{"error":{"code":"overloaded"}}'],
  [400, '{"error":{"code":"empty_batch"}}'],
])('a batch that is refused whole (%i) is the refusal of each', (status, body) => {
  expect(repliesOf(3, answer(status, body))).toEqual([0, 1, 2].map(() => answer(status, body)));
});

test('no answer to the batch is none to any', () => {
  const reply: Reply = { kind: 'error', error: new Error('gone'), anythingSent: true };
  expect(repliesOf(3, reply)).toEqual([reply, reply, reply]);
});

test.each([
  ['is no JSON', 'ok'],
  ['is null', 'null'],
  ['has no results', '{}'],
  ['has fewer than there were events: nobody knows whose they are', '{"results":[{"status":200},{"status":200}]}'],
  ['has elements that say nothing', '{"results":[null,{},{"status":"200"}]}'],
])('an answer that %s leaves each event in doubt', (_what, body) => {
  expect(repliesOf(3, answer(200, body))).toEqual([0, 1, 2].map(() => expect.objectContaining(unanswered)));
});

test('those that are tried again go together, when the last of their waits is over', () => {
  const again = togetherAgain([
    { planned: planned(5), waitMs: 10 },
    { planned: planned(9), waitMs: 14 },
  ]);
  expect(again.waitMs).toBe(14);
  expect(again.attempts.map(({ planned: { op, intendedAtMs } }) => [op, intendedAtMs])).toEqual([
    [5, 9],
    [9, 9],
  ]);
});
