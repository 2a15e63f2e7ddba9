import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Series } from '../engine/run-data.ts';
import { alertsFrom, intervalsOf } from './alert-intervals.ts';

const range = { fromMs: 0, toMs: 10_000, stepMs: 1000 };
const samplesAt = (...seconds: readonly number[]) => seconds.map((at) => [at, 1] as const);

test('steps in a row are one stretch that ends at the first step without it', () => {
  expect(intervalsOf(samplesAt(2, 3, 4, 7), range)).toEqual([
    { from: 2000, to: 5000 },
    { from: 7000, to: 8000 },
  ]);
});

test('what holds at the last step has no end', () => {
  expect(intervalsOf(samplesAt(9, 10), range)).toEqual([{ from: 9000, to: null }]);
  expect(intervalsOf(samplesAt(8, 9), range)).toEqual([{ from: 8000, to: 10_000 }]);
  expect(intervalsOf([], range)).toEqual([]);
});

test('every step is in exactly one stretch, whatever the pattern', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 10 })), (steps) => {
      const intervals = intervalsOf(samplesAt(...steps), range);
      for (let step = 0; step <= 10; step += 1) {
        const inside = intervals.filter(({ from, to }) => from <= step * 1000 && step * 1000 < (to ?? Infinity)).length;
        expect(inside).toBe(steps.includes(step) ? 1 : 0);
      }
    }),
  );
});

test('an alert that goes from pending to firing is one, and those with other labels are others', () => {
  const series = (state: string, processor: string, ...seconds: readonly number[]): Series => ({
    labels: { __name__: 'ALERTS', alertname: 'A', alertstate: state, faultline_run: 'r', faultline_scenario: 's', processor },
    samples: samplesAt(...seconds),
  });
  expect(alertsFrom([series('pending', 'x', 1), series('firing', 'x', 2, 3), series('firing', 'y', 4)], range)).toEqual([
    { alert: 'A', labels: { processor: 'x' }, pending: [{ from: 1000, to: 2000 }], firing: [{ from: 2000, to: 4000 }] },
    { alert: 'A', labels: { processor: 'y' }, pending: [], firing: [{ from: 4000, to: 5000 }] },
  ]);
});
