import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsFrom } from '../../../promql/labels.ts';
import type { RangeAggregation, RangeOperation } from '../syntax/ast.ts';
import { overRange } from './over-range.ts';
import { createVisits, rangeSteps } from './range-steps.ts';

const aggregation = (operation: RangeOperation, rangeMs: number, offsetMs: number): RangeAggregation => ({
  kind: 'range',
  operation,
  parameter: 0.5,
  range: { query: { kind: 'log', matchers: [], stages: [] }, rangeMs, offsetMs, unwrap: { label: 'x', conversion: 'number', filters: [] } },
  grouping: null,
});

const operations: readonly RangeOperation[] = [
  'count_over_time',
  'rate',
  'rate_counter',
  'sum_over_time',
  'avg_over_time',
  'max_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
];

test('a sliding window gives what each step would give on its own', () => {
  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -9, max: 9 })), { maxLength: 40 });
  const window = fc.record({
    rangeMs: fc.integer({ min: 1, max: 20 }),
    offsetMs: fc.integer({ min: -5, max: 5 }),
    stepMs: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...operations), samples, window, (operation, points, { rangeMs, offsetMs, stepMs }) => {
      const sorted = points.toSorted(([left], [right]) => left - right);
      const [times, values] = [sorted.map(([at]) => at * 1e6), sorted.map(([, value]) => value)];
      const asked = aggregation(operation, rangeMs, offsetMs);
      const read = rangeSteps(asked, [{ labels: labelsFrom({ a: 'b' }), times, values }], createVisits(1e9));
      for (let atMs = 0; atMs <= 60; atMs += stepMs) {
        const inside = sorted.filter(([at]) => at <= atMs - offsetMs && at > atMs - offsetMs - rangeMs);
        const apart = overRange(asked)(
          inside.map(([at]) => at * 1e6),
          inside.map(([, value]) => value),
          0,
          inside.length,
        );
        expect(read(atMs * 1e6).map(({ value }) => value)).toEqual(inside.length === 0 ? [] : [apart]);
      }
    }),
  );
});

test('a query that would look at too many samples fails instead of taking its time', () => {
  const samples = { labels: labelsFrom({}), times: [1, 2, 3], values: [1, 2, 3] };
  const read = rangeSteps(aggregation('max_over_time', 1, 0), [samples], createVisits(3));
  expect(() => read(10)).toThrow('would look at more than 3 samples');
});
