import { expect, test } from 'vitest';
import { impossibleFor, isJudgedInFull, lacksBeside } from './offers.ts';

test('what is not offered is lacking, with the reason of whoever wrote the target file, or the plain one', () => {
  const lacks = lacksBeside(['read-back', 'processes'], { metrics: 'it has no exporter' });
  expect(lacks['read-back']).toBeUndefined();
  expect(lacks.metrics).toBe('it has no exporter');
  expect(lacks.books).toMatch(/does not offer it/);
});

test('a check is possible only where nothing that it needs is lacking, and the reason names all that is', () => {
  const lacks = { metrics: 'it has no exporter', books: 'it keeps none' };
  expect(impossibleFor([], lacks)).toBeNull();
  expect(impossibleFor(['read-back'], lacks)).toBeNull();
  expect(impossibleFor(['read-back', 'metrics', 'books'], lacks)).toBe(
    'the target offers no metrics: it has no exporter; the target offers no books: it keeps none',
  );
});

test('a door that is missing narrows no verdict; anything else does', () => {
  expect(isJudgedInFull({})).toBe(true);
  expect(isJudgedInFull({ datagrams: 'it has no such door' })).toBe(true);
  expect(isJudgedInFull({ datagrams: 'it has no such door', books: 'it keeps none' })).toBe(false);
});
