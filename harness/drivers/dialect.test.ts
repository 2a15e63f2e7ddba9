import { expect, test } from 'vitest';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import { type Dialect, guardAnswers, meaningOf, requestOf } from './dialect.ts';

const planned = {
  systemName: 'shop',
  objectId: 'order-1',
  eventName: 'order.paid',
  idempotencyKey: 'k-1',
  sequence: 3,
} as PlannedOperation;
const body = Buffer.from('{"id":"k-1"}');
const own: Dialect = {
  request: ({ objectId, idempotencyKey, json }) => ({
    path: `/orders/${objectId}`,
    headers: { 'content-type': 'text/plain', 'x-request-id': idempotencyKey },
    body: `event ${json}`,
  }),
  answer: ({ status, body: text }) => ({ id: Number(text), duplicate: status === 208, code: null }),
};

test('without a word of the target events are sent and answers read as the contract has it', () => {
  expect(requestOf({}, planned, body, '/events')).toEqual({ path: '/events', headers: ['content-type', 'application/json'], body });
  expect(meaningOf({}, 200, '{"id":7,"duplicate":true}')).toEqual({ id: 7, duplicate: true, code: null });
  expect(meaningOf({}, 503, '{"error":{"code":"overloaded"}}')).toEqual({ id: null, duplicate: null, code: 'overloaded' });
  expect(meaningOf({}, 502, '<html>')).toEqual({ id: null, duplicate: null, code: null });
});

test('a target may have paths, headers, bodies and answers of its own', () => {
  expect(requestOf(own, planned, body, '/events')).toEqual({
    path: '/orders/order-1',
    headers: ['content-type', 'text/plain', 'x-request-id', 'k-1'],
    body: Buffer.from('event {"id":"k-1"}'),
  });
  expect(meaningOf(own, 208, '12')).toEqual({ id: 12, duplicate: true, code: null });
});

const says = (answer: unknown): Dialect => ({ answer: () => answer as ReturnType<NonNullable<Dialect['answer']>> });

test.each([
  ['throws', { answer: ({ body: text }) => JSON.parse(text) }, /status 500.*JSON/],
  ['gives back nothing', says(undefined), /\{ id, duplicate, code \}, not undefined/],
  ['gives back a promise', says(Promise.resolve({})), /not a promise/],
] as readonly [string, Dialect, RegExp][])(
  'an answer that the target’s own code %s for is one that says nothing, and told',
  (_what, dialect, message) => {
    const told: string[] = [];
    const guarded = guardAnswers(dialect, (text) => told.push(text));
    expect(meaningOf(guarded, 500, '<html>')).toEqual({ id: null, duplicate: null, code: 'client_answer_unreadable' });
    expect(told).toEqual([expect.stringMatching(message)]);
  },
);

test('a guarded target reads what it can as before', () => {
  const guarded = guardAnswers(own, () => expect.unreachable());
  expect(meaningOf(guarded, 208, '12')).toEqual({ id: 12, duplicate: true, code: null });
  expect(guardAnswers({}, () => expect.unreachable())).toEqual({});
});
