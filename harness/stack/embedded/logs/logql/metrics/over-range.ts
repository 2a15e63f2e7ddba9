// What a range aggregation makes of the samples in its window. There is always at least one.
import type { RangeAggregation } from '../syntax/ast.ts';
import { counterRate } from './counter-rate.ts';

/** The samples from `from` up to but without `to`. */
export type OverRange = (times: readonly number[], values: readonly number[], from: number, to: number) => number;

const sum: OverRange = (_times, values, from, to) => {
  let total = 0;
  for (let at = from; at < to; at += 1) total += values[at]!;
  return total;
};

const count: OverRange = (_times, _values, from, to) => to - from;

const mean: OverRange = (_times, values, from, to) => {
  let result = 0;
  for (let at = from; at < to; at += 1) {
    const value = values[at]!;
    const number = at - from + 1;
    const isStuck = Math.abs(result) === Infinity && !Number.isNaN(value) && (Math.abs(value) !== Infinity || value > 0 === result > 0);
    if (!isStuck) result += value / number - result / number;
  }
  return result;
};

const extreme =
  (isBetter: (value: number, best: number) => boolean): OverRange =>
  (_times, values, from, to) => {
    let best = values[from]!;
    for (let at = from; at < to; at += 1) if (isBetter(values[at]!, best) || Number.isNaN(best)) best = values[at]!;
    return best;
  };

/** Welford's algorithm. */
const variance: OverRange = (_times, values, from, to) => {
  let [squares, average] = [0, 0];
  for (let at = from; at < to; at += 1) {
    const delta = values[at]! - average;
    average += delta / (at - from + 1);
    squares += delta * (values[at]! - average);
  }
  return squares / (to - from);
};

const quantile = (values: readonly number[], q: number): number => {
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = values.toSorted((left, right) => left - right);
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return sorted[lower]! * (1 - weight) + sorted[upper]! * weight;
};

const perSecond =
  (of: OverRange, seconds: number): OverRange =>
  (times, values, from, to) =>
    of(times, values, from, to) / seconds;

export const overRange = ({ operation, parameter, range }: RangeAggregation): OverRange => {
  const seconds = range.rangeMs / 1_000;
  switch (operation) {
    case 'count_over_time':
      return count;
    case 'rate':
      return perSecond(range.unwrap === null ? count : sum, seconds);
    case 'rate_counter':
      return (times, values, from, to) => counterRate(times.slice(from, to), values.slice(from, to), range.rangeMs);
    case 'bytes_rate':
      return perSecond(sum, seconds);
    case 'bytes_over_time':
    case 'sum_over_time':
      return sum;
    case 'avg_over_time':
      return mean;
    case 'max_over_time':
      return extreme((value, best) => value > best);
    case 'min_over_time':
      return extreme((value, best) => value < best);
    case 'stdvar_over_time':
      return variance;
    case 'stddev_over_time':
      return (times, values, from, to) => Math.sqrt(variance(times, values, from, to));
    case 'quantile_over_time':
      return (_times, values, from, to) => quantile(values.slice(from, to), parameter ?? 0);
    case 'first_over_time':
      return (_times, values, from) => values[from]!;
    case 'last_over_time':
      return (_times, values, _from, to) => values[to - 1]!;
    case 'absent_over_time':
      return () => 1;
  }
};
