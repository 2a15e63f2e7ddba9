import { readFileSync } from 'node:fs';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { routes } from '../routes.ts';
import { pageQuery } from '../schemas/parameters.ts';
import { nextCursor } from '../schemas/words.ts';
import { listingOf } from './listing.ts';

const rows = Type.Array(Type.Object({ id: Type.Number(), name: Type.String() }));
const route = (answer: Record<string, Type.TSchema>) => ({ ...routes[0]!, query: pageQuery, answer: Type.Object(answer) });

test('a listing is one array with a cursor: its rows and their columns', () => {
  expect(listingOf(route({ rows, total: Type.Number(), next_cursor: nextCursor }))).toMatchObject({
    rows: 'rows',
    columns: ['id', 'name'],
  });
  expect(listingOf(route({ rows }))).toBeNull();
});

test('an answer of several arrays is none: the cursor is of one of them, and the others would come again with each page', () => {
  expect(listingOf(route({ ranges: rows, differences: rows, next_cursor: nextCursor }))).toBeNull();
  const exported = routes.filter((one) => 'format' in one.query.properties);
  expect(exported.map(({ url }) => url)).not.toContain('/rebuilds/comparisons/:comparison');
  for (const one of exported) {
    const arrays = Object.values(one.answer.properties).filter((field) => (field as { type?: string }).type === 'array');
    expect([one.url, arrays.length]).toEqual([one.url, 1]);
  }
});

test('docs/exports.md names each listing, and no other', () => {
  const text = readFileSync(new URL('../../../docs/exports.md', import.meta.url), 'utf8');
  const [, list = ''] = /^Every listing of the query API \(([^)]*)\)/m.exec(text) ?? [];
  const named = [...list.matchAll(/`([^`]+)`/g)].map(([, url]) => url);
  const listings = routes.filter((one) => listingOf(one) !== null).map(({ url }) => url.replaceAll(/:(\w+)/g, '{$1}'));
  expect(new Set(named)).toEqual(new Set(listings));
});
