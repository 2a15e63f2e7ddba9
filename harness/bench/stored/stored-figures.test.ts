import { expect, test } from 'vitest';
import { planFill } from './fill-stored.ts';
import { type Costs, storedFigures } from './stored-figures.ts';

const costs = (freshnessMs: number, rate = 1000): Costs => ({ onePerSecond: rate, oneP99Ms: 30, batchesPerSecond: rate * 4, freshnessMs });
const holding = (filled: Costs, empty: readonly Costs[]) => storedFigures(1000, filled, empty).map(({ holds }) => holds);

test('a rate holds down to four fifths of the mean of both empty ones', () => {
  expect(holding(costs(10, 800), [costs(10, 900), costs(10, 1100)])).toEqual([true, true, null, true]);
  expect(holding(costs(10, 799), [costs(10, 900), costs(10, 1100)])).toEqual([false, false, null, true]);
});

test('freshness may be 1.25 times as old, or 20 ms older where that is more', () => {
  const fresh = (filled: number, empty: number) => holding(costs(filled), [costs(empty), costs(empty)])[3];
  expect([fresh(250, 200), fresh(251, 200)]).toEqual([true, false]);
  expect([fresh(30, 10), fresh(31, 10)]).toEqual([true, false]);
});

test('what was not measured does not hold', () => {
  expect(holding(costs(NaN, NaN), [costs(10), costs(10)])).toEqual([false, false, null, false]);
  expect(holding(costs(10), [costs(NaN, NaN), costs(10)])).toEqual([false, false, null, false]);
});

test('copies are whole, and as near to what was asked for as they come', () => {
  expect([1000, 50_000, 500_000, 10_000_000].map(planFill)).toEqual([
    { originals: 500, times: 2 },
    { originals: 20_000, times: 3 },
    { originals: 20_000, times: 25 },
    { originals: 20_000, times: 500 },
  ]);
});
