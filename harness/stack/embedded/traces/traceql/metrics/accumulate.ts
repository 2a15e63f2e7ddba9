// One series while spans come in: what is kept of each step. A step takes 8 to 16 bytes, whatever the number of spans.
import type { MetricOperator } from '../query.ts';
import type { Buckets } from './log2-buckets.ts';

export type Accumulator = {
  /** `value` is NaN where the function takes none. */
  add(interval: number, value: number): void;
  values(): readonly number[];
};

const counting = (steps: number, perSpan: number): Accumulator => {
  const counts = new Float64Array(steps);
  return {
    add: (interval) => void (counts[interval] = (counts[interval] ?? 0) + 1),
    values: () => Array.from(counts, (count) => count * perSpan),
  };
};

const folding = (steps: number, fold: (kept: number, value: number) => number): Accumulator => {
  const kept = new Float64Array(steps).fill(Number.NaN);
  return {
    add(interval, value) {
      if (Number.isNaN(value)) return;
      const before = kept[interval] ?? Number.NaN;
      kept[interval] = Number.isNaN(before) ? value : fold(before, value);
    },
    values: () => [...kept],
  };
};

const averaging = (steps: number): Accumulator => {
  const sums = folding(steps, (sum, value) => sum + value);
  const counts = new Float64Array(steps);
  return {
    add(interval, value) {
      if (!Number.isNaN(value)) counts[interval] = (counts[interval] ?? 0) + 1;
      sums.add(interval, value);
    },
    values: () => sums.values().map((sum, interval) => sum / (counts[interval] ?? 0)),
  };
};

export const createAccumulator = (operator: MetricOperator, steps: number, stepSeconds: number): Accumulator => {
  switch (operator) {
    case 'rate':
      return counting(steps, 1 / stepSeconds);
    case 'min_over_time':
      return folding(steps, Math.min);
    case 'max_over_time':
      return folding(steps, Math.max);
    case 'sum_over_time':
      return folding(steps, (sum, value) => sum + value);
    case 'avg_over_time':
      return averaging(steps);
    default:
      return counting(steps, 1);
  }
};

/** For quantiles: the buckets of each step. */
export type BucketSteps = { add(interval: number, bound: number): void; readonly steps: readonly Buckets[] };

export const createBucketSteps = (count: number): BucketSteps => {
  const steps = Array.from({ length: count }, (): Buckets => new Map());
  return {
    add(interval, bound) {
      const buckets = steps[interval];
      buckets?.set(bound, (buckets.get(bound) ?? 0) + 1);
    },
    steps,
  };
};
