import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateIntervalMs, roundIntervalMs, stepMs } from './interval.ts';

describe('stepMs', () => {
  it.each([
    [900_000, 900, 1_000, 1_000],
    [900_000, 400, 1_000, 2_000],
    [3_600_000, 800, 1_000, 5_000],
    [60_000, 1_000, 1_000, 1_000],
    [3_600_000, 100, 90_000, 90_000],
  ])('of %d ms on %d points, at least %d ms, is %d ms', (rangeMs, points, leastMs, expected) => {
    expect(stepMs(rangeMs, points, leastMs)).toBe(expected);
  });

  it('never asks for more points than Prometheus gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 100_000 }), (rangeMs, points) => {
        expect(rangeMs / stepMs(rangeMs, points, 1)).toBeLessThanOrEqual(11_000);
      }),
    );
  });
});

it('rounds up and down the ladder, never backwards', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e11 }), fc.integer({ min: 1, max: 1e11 }), (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      expect(roundIntervalMs(less)).toBeLessThanOrEqual(roundIntervalMs(more));
    }),
  );
});

it.each([
  [1_000, 1_000, 4_000],
  [15_000, 1_000, 16_000],
  [15_000, 15_000, 60_000],
  [60_000, 15_000, 75_000],
])('makes of a step of %d ms and samples every %d ms a rate interval of %d ms', (step, scrape, expected) => {
  expect(rateIntervalMs(step, scrape)).toBe(expected);
});
