// *_over_time, changes and resets: over the samples of the window as they are.
import type { CompensatedSum } from '../aggregation/compensated-sum.ts';
import { addTo, totalOf } from '../aggregation/compensated-sum.ts';
import { addToMean, createMean, meanOf } from '../aggregation/mean.ts';
import { quantileOf } from '../aggregation/quantile.ts';
import type { RangeFunction, Window } from './range-window.ts';

const sum = ({ values, from, to }: Window): number => {
  const total: CompensatedSum = { sum: 0, compensation: 0 };
  for (let index = from; index < to; index += 1) addTo(total, values[index]!);
  return totalOf(total);
};

const average = ({ values, from, to }: Window): number => {
  const mean = createMean();
  for (let index = from; index < to; index += 1) addToMean(mean, values[index]!);
  return meanOf(mean);
};

const extreme =
  (beats: (value: number, best: number) => boolean): RangeFunction =>
  ({ values, from, to }) => {
    let best = values[from]!;
    for (let index = from; index < to; index += 1) if (beats(values[index]!, best) || Number.isNaN(best)) best = values[index]!;
    return best;
  };

const variance = ({ values, from, to }: Window): number => {
  const mean: CompensatedSum = { sum: 0, compensation: 0 };
  const squares: CompensatedSum = { sum: 0, compensation: 0 };
  for (let index = from; index < to; index += 1) {
    const delta = values[index]! - (mean.sum + mean.compensation);
    addTo(mean, delta / (index - from + 1));
    addTo(squares, delta * (values[index]! - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / (to - from);
};

/** Pairs of neighbours for which `counts` holds. */
const countPairs =
  (counts: (before: number, value: number) => boolean): RangeFunction =>
  ({ values, from, to }) => {
    let found = 0;
    for (let index = from + 1; index < to; index += 1) if (counts(values[index - 1]!, values[index]!)) found += 1;
    return found;
  };

export const overTime = {
  avg_over_time: average,
  count_over_time: ({ from, to }) => to - from,
  first_over_time: ({ values, from }) => values[from]!,
  last_over_time: ({ values, to }) => values[to - 1]!,
  max_over_time: extreme((value, best) => value > best),
  min_over_time: extreme((value, best) => value < best),
  present_over_time: () => 1,
  quantile_over_time: ({ values, from, to, parameter }) => quantileOf(parameter, [...values.subarray(from, to)]),
  stddev_over_time: (window) => Math.sqrt(variance(window)),
  stdvar_over_time: variance,
  sum_over_time: sum,
  changes: countPairs((before, value) => value !== before && !(Number.isNaN(value) && Number.isNaN(before))),
  resets: countPairs((before, value) => value < before),
} as const satisfies Record<string, RangeFunction>;
