import { expect, test } from 'vitest';
import type { Suggest } from '../suggest.ts';
import { createRequestMaker } from './make-requests.ts';
import type { RequestSource } from './request-source.ts';
import { readTemplate } from './template.ts';

const source: RequestSource = {
  method: 'POST',
  origin: 'http://127.0.0.1:1',
  path: '/things/{{key}}?n={{n}}',
  headers: [['idempotency-key', '{{id}}']],
  body: '{"id":"{{id}}","dice":{{int:1:6}},"key":"{{key}}","uuid":"{{uuid}}","at":"{{ time }}"}',
  keys: { kind: 'uniform', count: 10 },
  batch: null,
};
const textOf = (number: number, seed = 1, more: Partial<RequestSource> = {}): string =>
  createRequestMaker({ ...source, ...more }, seed)(number, 0).body?.toString() ?? '';

test('a request comes from the seed and its number alone, whatever was made before it', () => {
  const make = createRequestMaker(source, 1);
  const inOrder = Array.from({ length: 20 }, (_, number) => make(number, 0).body?.toString());
  expect(textOf(13)).toBe(inOrder[13]);
  expect(textOf(13, 2)).not.toBe(inOrder[13]);
  expect(new Set(inOrder).size).toBe(20);
});

test('every placeholder is filled, in path, headers and body', () => {
  const { path, headers, body } = createRequestMaker(source, 5)(3, Date.UTC(2026, 0, 2));
  expect(path).toMatch(/^\/things\/order-\d{5}\?n=3$/);
  expect(headers).toEqual(['idempotency-key', 'load-5-3']);
  const said = JSON.parse(body?.toString() ?? '') as Record<string, unknown>;
  expect(said).toMatchObject({ id: 'load-5-3', at: '2026-01-02T00:00:00.000Z' });
  expect(said['dice']).toBeGreaterThanOrEqual(1);
  expect(said['uuid']).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test('a later run with the same seed can go on with new numbers', () => {
  expect(createRequestMaker(source, 1, 100)(3, 0).headers).toEqual(['idempotency-key', 'load-1-103']);
});

test('a batch has items with numbers of their own, as an array or as lines', () => {
  const body = '{"id":"{{id}}"}';
  expect(JSON.parse(textOf(2, 1, { body, batch: { items: 3, as: 'json' } }))).toEqual([
    { id: 'load-1-6' },
    { id: 'load-1-7' },
    { id: 'load-1-8' },
  ]);
  expect(textOf(1, 1, { body, batch: { items: 2, as: 'ndjson' } })).toBe('{"id":"load-1-2"}\n{"id":"load-1-3"}\n');
});

test('braces of JSON are no placeholders', () => {
  expect(textOf(0, 1, { body: '{"a":{"b":{}}}' })).toBe('{"a":{"b":{}}}');
});

const suggest: Suggest = (typed) => (typed === 'kye' ? ' Did you mean key?' : '');

test.each([
  ['{{kye}}', /no placeholder \{\{kye\}\}\. Did you mean key/],
  ['{{int:6:1}}', /two whole numbers/],
  ['{{int}}', /two whole numbers/],
  ['{{}}', /no placeholder/],
])('%s is a mistake that is explained', (text, message) => {
  const { template, problems } = readTemplate(`${text} {{nope}}`, suggest);
  expect(template).toBeNull();
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(message);
});
