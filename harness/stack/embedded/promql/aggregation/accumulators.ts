// One running value for each group and step. `add` is called in the order of the series.
import type { AggregationOperator } from '../syntax/ast.ts';
import type { CompensatedSum } from './compensated-sum.ts';
import { addTo } from './compensated-sum.ts';
import type { Mean } from './mean.ts';
import { addToMean, createMean, meanOf } from './mean.ts';
import { quantileOf } from './quantile.ts';

/** A slot is group * steps + step; `first` is true for the slot's first value. */
export type Accumulator = { add(slot: number, value: number, first: boolean): void; result(slot: number, step: number): number };

const createSum = (slots: number): Accumulator => {
  const sums = new Float64Array(slots);
  const compensations = new Float64Array(slots);
  const total: CompensatedSum = { sum: 0, compensation: 0 };
  return {
    add: (slot, value, first) => {
      total.sum = sums[slot]!;
      total.compensation = compensations[slot]!;
      if (first) total.sum = value;
      else addTo(total, value);
      sums[slot] = total.sum;
      compensations[slot] = total.compensation;
    },
    result: (slot) => sums[slot]! + compensations[slot]!,
  };
};

const createAverage = (): Accumulator => {
  const means: Mean[] = [];
  return { add: (slot, value) => addToMean((means[slot] ??= createMean()), value), result: (slot) => meanOf(means[slot]!) };
};

const createExtreme = (slots: number, beats: (value: number, best: number) => boolean): Accumulator => {
  const best = new Float64Array(slots);
  return {
    add: (slot, value, first) => {
      if (first || beats(value, best[slot]!) || Number.isNaN(best[slot]!)) best[slot] = value;
    },
    result: (slot) => best[slot]!,
  };
};

const createCount = (slots: number): Accumulator => {
  const counts = new Float64Array(slots);
  return {
    add: (slot) => {
      counts[slot]! += 1;
    },
    result: (slot) => counts[slot]!,
  };
};

/** Welford's method. An infinity or NaN as first value makes the result NaN. */
const createVariance = (slots: number, finish: (variance: number) => number): Accumulator => {
  const [counts, means, squares] = [new Float64Array(slots), new Float64Array(slots), new Float64Array(slots)];
  return {
    add: (slot, value, first) => {
      counts[slot]! += 1;
      if (first) {
        means[slot] = value;
        squares[slot] = Number.isFinite(value) ? 0 : NaN;
        return;
      }
      const delta = value - means[slot]!;
      means[slot]! += delta / counts[slot]!;
      squares[slot]! += delta * (value - means[slot]!);
    },
    result: (slot) => finish(squares[slot]! / counts[slot]!),
  };
};

const createQuantile = (parameter: Float64Array): Accumulator => {
  const lists: number[][] = [];
  return {
    add: (slot, value) => void (lists[slot] ??= []).push(value),
    result: (slot, step) => quantileOf(parameter[step]!, lists[slot]!),
  };
};

export type PlainOperator = Exclude<AggregationOperator, 'topk' | 'bottomk' | 'count_values'>;

/** `parameter` is quantile's; others do not look at it. */
export const createAccumulator = (operator: PlainOperator, slots: number, parameter: Float64Array): Accumulator => {
  switch (operator) {
    case 'sum':
      return createSum(slots);
    case 'avg':
      return createAverage();
    case 'min':
      return createExtreme(slots, (value, best) => value < best);
    case 'max':
      return createExtreme(slots, (value, best) => value > best);
    case 'count':
      return createCount(slots);
    case 'group':
      return { add: () => undefined, result: () => 1 };
    case 'stdvar':
      return createVariance(slots, (variance) => variance);
    case 'stddev':
      return createVariance(slots, Math.sqrt);
    case 'quantile':
      return createQuantile(parameter);
  }
};
