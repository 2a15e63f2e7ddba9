// Held against undici itself, whose rules these are: what it takes is not refused, and what it refuses is told.
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createRequestMaker } from './make-requests.ts';
import type { RequestSource } from './request-source.ts';
import { whyUnsendable } from './unsendable.ts';

const Request = createRequire(import.meta.url)('undici/lib/core/request.js') as new (
  origin: string,
  request: object,
  handler: object,
) => object;
const handler = { onRequestStart() {}, onResponseStart() {}, onResponseData() {}, onResponseEnd() {}, onResponseError() {} };

const sourceOf = (more: Partial<RequestSource>): RequestSource => ({
  method: 'POST',
  origin: 'http://127.0.0.1:4000',
  path: '/',
  headers: [],
  body: 'abc',
  keys: { kind: 'uniform', count: 3 },
  batch: null,
  ...more,
});

const problemsOf = (source: RequestSource): readonly string[] => whyUnsendable(source, createRequestMaker(source, 1)(0, 0));
const isTaken = (source: RequestSource): boolean => {
  const { origin, method } = source;
  try {
    return new Request(origin, { method, ...createRequestMaker(source, 1)(0, 0) }, handler) instanceof Request;
  } catch {
    return false;
  }
};

test.each<[string, boolean]>([
  ['/things/{{n}}?key={{key}}&at={{time}}&id={{uuid}}', true],
  ['/caf\u00e9', true],
  ['/%20', true],
  ['/a b', false],
  ['/a\tb', false],
  ['/?q=\u4e16', false],
  ['/?q=\ud83d\ude00', false],
  ['/\ud800', false],
])('path %j: taken %s', (path, taken) => {
  expect([isTaken(sourceOf({ path })), problemsOf(sourceOf({ path })).length === 0]).toEqual([taken, taken]);
});

test.each<[readonly (readonly [string, string])[], boolean]>([
  [[['x-key', '{{key}} caf\u00e9\t1']], true],
  [[['x-key', '\u201cquoted\u201d']], false],
  [[['x-key', 'a\u0000b']], false],
  [[['x-key', 'a\u007fb']], false],
  [[['connection', 'close']], true],
  [[['connection', 'close,']], false],
  [[['transfer-encoding', 'chunked']], false],
  [[['keep-alive', 'timeout=5']], false],
  [[['upgrade', 'websocket']], false],
  [[['expect', '100-continue']], false],
  [[['content-length', '3']], true],
  [[['content-length', 'three']], false],
  [
    [
      ['content-length', '3'],
      ['content-length', '3'],
    ],
    false,
  ],
  [[['host', 'a.test']], true],
  [
    [
      ['host', 'a.test'],
      ['host', 'b.test'],
    ],
    false,
  ],
])('headers %j: taken %s', (headers, taken) => {
  expect([isTaken(sourceOf({ headers })), problemsOf(sourceOf({ headers })).length === 0]).toEqual([taken, taken]);
});

test('a length that is not that of every body would be refused later', () => {
  const headers = [['content-length', '5']] as const;
  expect(problemsOf(sourceOf({ headers, body: 'abcde' }))).toEqual([]);
  for (const more of [{ body: 'abc' }, { body: 'abc-{{n}}' }, { body: 'abc', batch: { items: 1, as: 'json' as const } }])
    expect(problemsOf(sourceOf({ headers, ...more }))).toEqual(['--header content-length: it is counted from the body: leave it out']);
});

test('it is said which and what to do, and the value of a header, which may be a secret, is not shown', () => {
  expect(problemsOf(sourceOf({ path: '/a b\u4e16' }))).toEqual([
    "--target: /a b\u4e16 can't be sent, for a space may not be in a path or a query: write it as %20",
  ]);
  expect(problemsOf(sourceOf({ headers: [['authorization', 'Bearer geheim\u0007']] }))).toEqual([
    '--header authorization: its value holds U+0007, which no header can: leave it out, or encode it',
  ]);
});
