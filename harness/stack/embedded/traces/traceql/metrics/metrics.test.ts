import { expect, test } from 'vitest';
import type { MetricsStage } from '../query.ts';
import { text } from '../value.ts';
import { createGroups, TooManySeries } from './groups.ts';
import { defaultStepNano, instantInterval, rangeIntervals } from './intervals.ts';
import { bucketAbove, quantile } from './log2-buckets.ts';
import { rank } from './rank.ts';
import type { Series } from './series.ts';

const second = 1_000_000_000n;

test('a range is moved out to whole steps, with one before it', () => {
  const { startNano, endNano, count } = rangeIntervals(25n * second, 42n * second, 10n * second);
  expect([startNano / second, endNano / second, count]).toEqual([10n, 50n, 4]);
});

test('a step is open on its left and closed on its right', () => {
  const intervals = rangeIntervals(20n * second, 40n * second, 10n * second);
  expect([10n, 20n, 30n, 40n].map((at) => intervals.of(at * second))).toEqual([-1, 0, 1, 2]);
  expect([intervals.of(20n * second + 1n), intervals.of(40n * second + 1n), intervals.timestampMs(0)]).toEqual([1, -1, 20_000]);
});

test('an instant is one step, named by its end', () => {
  const interval = instantInterval(5n * second, 8n * second);
  expect([interval.count, interval.of(5n * second), interval.of(6n * second), interval.of(8n * second), interval.timestampMs(0)]).toEqual([
    1, -1, 0, 0, 8_000,
  ]);
});

test.each([
  [5n, 50_000_000n],
  [30n, 100_000_000n],
  [60n, second],
  [3_600n, 15n * second],
  [86_400n, 300n * second],
])('a range of %i s has steps that people read', (seconds, step) => {
  expect(defaultStepNano(seconds * second)).toBe(step);
});

test('buckets end at powers of two', () => {
  expect([0, 1, 2, 3, 4, 5, 1_024, 1_025].map(bucketAbove)).toEqual([null, null, 2, 4, 4, 8, 1_024, 2_048]);
});

test('a quantile lies between buckets on a logarithmic scale', () => {
  const buckets = new Map([
    [4, 2],
    [16, 2],
  ]);
  expect([0, 0.25, 0.5, 0.75, 1].map((q) => quantile(buckets, q))).toEqual([2 ** 1.5, 2 ** 1.5, 4, 8, 16]);
  expect(quantile(new Map(), 0.5)).toBe(0);
});

const series = (name: string, ...values: number[]): Series => ({ labels: [['name', text(name)]], values, exemplars: [] });

test('topk and bottomk rank at each step; of equals the first of the alphabet is at the top, and the last at the bottom', () => {
  const all = [series('a', 1, 5, 2), series('b', 3, 5, 2), series('c', 2, 1, Number.NaN)];
  const shown = (ranked: readonly Series[]) => ranked.map(({ labels: [label], values }) => [label?.[1], values]);
  expect(shown(rank(all, { operator: 'topk', limit: 1 }))).toEqual([
    [text('a'), [Number.NaN, 5, 2]],
    [text('b'), [3, Number.NaN, Number.NaN]],
  ]);
  expect(shown(rank(all, { operator: 'bottomk', limit: 1 }))).toEqual([
    [text('a'), [1, Number.NaN, Number.NaN]],
    [text('b'), [Number.NaN, Number.NaN, 2]],
    [text('c'), [Number.NaN, 1, Number.NaN]],
  ]);
  expect(rank(all, { operator: 'topk', limit: 3 })).toBe(all);
});

test('each quantile is a series of its own in the bound of values', () => {
  const intervals = rangeIntervals(100n * second, 10_099n * second, second);
  expect(intervals.count).toBe(10_000);
  const groupsOf = (operator: MetricsStage['operator'], ...quantiles: readonly number[]) =>
    createGroups({ operator, attribute: null, quantiles, by: [], ranks: [] }, intervals);
  const hold = (groups: ReturnType<typeof groupsOf>, most: number): void => {
    for (let index = 0; index < most; index += 1) groups.of([['name', text(`n${index}`)]]);
    expect(() => groups.of([['name', text('one more')]])).toThrow(TooManySeries);
  };
  hold(groupsOf('rate'), 100);
  hold(groupsOf('quantile_over_time', 0.5), 100);
  hold(groupsOf('quantile_over_time', 0.5, 0.9, 0.99), 33);
  hold(groupsOf('quantile_over_time', ...Array.from({ length: 101 }, (_, index) => index / 100)), 0);
});
