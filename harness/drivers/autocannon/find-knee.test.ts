import { expect, test } from 'vitest';
import { isFlat, kneeOf, type SaturationStep } from './find-knee.ts';

const steps = (...rates: readonly number[]): SaturationStep[] =>
  rates.map((answersPerSecond, index) => ({ connections: 2 ** index, answersPerSecond, errors: 0, p50Ms: 1, p99Ms: 1 }));

test('the knee is where more connections stop to bring throughput', () => {
  expect(kneeOf(steps(100, 200, 390, 410, 405))).toMatchObject({ kneeConnections: 4, highestPerSecond: 410 });
});

test('while it still grows there is no knee', () => {
  expect(isFlat(steps(100, 200, 390, 700))).toBe(false);
  expect(kneeOf(steps(100, 200, 390, 700)).kneeConnections).toBeNull();
});

test('one flat step may be chance, two are not', () => {
  expect(isFlat(steps(100, 200, 210))).toBe(false);
  expect(isFlat(steps(100, 200, 210, 205))).toBe(true);
});

test('a target that answers nothing has no knee', () => {
  expect(kneeOf(steps(0, 0, 0))).toMatchObject({ kneeConnections: null, highestPerSecond: 0 });
});
