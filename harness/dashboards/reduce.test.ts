import { expect, it } from 'vitest';
import { reduceValues } from './reduce.ts';

const values = [2, null, 8, 5, null];

it.each<[string, number | null]>([
  ['lastNotNull', 5],
  ['last', null],
  ['firstNotNull', 2],
  ['max', 8],
  ['min', 2],
  ['mean', 5],
  ['sum', 15],
  ['count', 5],
  ['range', 6],
  ['diff', 3],
])('%s of 2, nothing, 8, 5, nothing is %d', (name, expected) => expect(reduceValues(name, values)).toBe(expected));

it('leaves NaN out of extremes, unless there is nothing else', () => {
  expect([reduceValues('max', [Number.NaN, 3, 1]), reduceValues('min', [Number.NaN, 3, 1])]).toEqual([3, 1]);
  expect(reduceValues('max', [Number.NaN])).toBeNaN();
});

it.each(['lastNotNull', 'max', 'mean', 'sum'])('%s of nothing is nothing, not 0', (name) => {
  expect(reduceValues(name, [])).toBeNull();
  expect(reduceValues(name, [null])).toBeNull();
});
