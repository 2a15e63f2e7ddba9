// rate, increase, delta: the difference over the window, extrapolated to its bounds as Prometheus does it.
// Source of the rules: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
import type { Window } from './range-window.ts';

/** Last minus first; where a counter fell, it began again at 0. */
const differenceOf = ({ values, from, to }: Window, isCounter: boolean): number => {
  let difference = values[to - 1]! - values[from]!;
  if (!isCounter) return difference;
  for (let index = from + 1; index < to; index += 1) {
    if (values[index]! < values[index - 1]!) difference += values[index - 1]!;
  }
  return difference;
};

/** A counter is not negative: it is not extrapolated to before the point where it would have been 0. */
const untilZero = (toStart: number, interval: number, first: number, difference: number): number =>
  difference > 0 && first >= 0 ? Math.min(toStart, interval * (first / difference)) : toStart;

/** Differences over the window, per second for a rate. undefined with fewer than two samples. */
const extrapolate = (window: Window, isCounter: boolean, isRate: boolean): number | undefined => {
  const { timesMs, values, from, to } = window;
  if (to - from < 2) return undefined;
  const firstMs = timesMs[from]!;
  const lastMs = timesMs[to - 1]!;
  const difference = differenceOf(window, isCounter);
  const interval = (lastMs - firstMs) / 1000;
  const average = interval / (to - from - 1);
  // A series whose next sample would be due before the bound does not begin or end in the window.
  const threshold = average * 1.1;
  let toStart = (firstMs - window.startMs) / 1000;
  let toEnd = (window.endMs - lastMs) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  if (isCounter) toStart = untilZero(toStart, interval, values[from]!, difference);
  if (toEnd >= threshold) toEnd = average / 2;
  let factor = (interval + toStart + toEnd) / interval;
  if (isRate) factor /= (window.endMs - window.startMs) / 1000;
  return difference * factor;
};

export const rate = (window: Window): number | undefined => extrapolate(window, true, true);
export const increase = (window: Window): number | undefined => extrapolate(window, true, false);
export const delta = (window: Window): number | undefined => extrapolate(window, false, false);

/** From the last two samples alone. */
const instantDifference = ({ timesMs, values, from, to }: Window, isRate: boolean): number | undefined => {
  if (to - from < 2) return undefined;
  const [before, last] = [values[to - 2]!, values[to - 1]!];
  if (!isRate) return last - before;
  return (last < before ? last : last - before) / ((timesMs[to - 1]! - timesMs[to - 2]!) / 1000);
};

export const irate = (window: Window): number | undefined => instantDifference(window, true);
export const idelta = (window: Window): number | undefined => instantDifference(window, false);
