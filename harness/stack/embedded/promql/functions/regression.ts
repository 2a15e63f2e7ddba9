// deriv and predict_linear: least squares over the window.
import type { CompensatedSum } from '../aggregation/compensated-sum.ts';
import { addTo } from '../aggregation/compensated-sum.ts';
import type { Window } from './range-window.ts';

type Line = { readonly slope: number; readonly intercept: number };

const isConstant = ({ values, from, to }: Window): boolean => {
  for (let index = from + 1; index < to; index += 1) if (values[index] !== values[from]) return false;
  return true;
};

const zero = (): CompensatedSum => ({ sum: 0, compensation: 0 });

/** Through the samples, with time in seconds from `originMs`. */
const fitLine = (window: Window, originMs: number): Line => {
  const { timesMs, values, from, to } = window;
  if (isConstant(window)) {
    const constant = values[from]!;
    return Math.abs(constant) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: constant };
  }
  const [x, y, xy, xx] = [zero(), zero(), zero(), zero()];
  for (let index = from; index < to; index += 1) {
    const seconds = (timesMs[index]! - originMs) / 1000;
    addTo(x, seconds);
    addTo(y, values[index]!);
    addTo(xy, seconds * values[index]!);
    addTo(xx, seconds * seconds);
  }
  const [sumX, sumY, sumXY, sumXX] = [x, y, xy, xx].map((total) => total.sum + total.compensation) as [number, number, number, number];
  const count = to - from;
  const slope = (sumXY - (sumX * sumY) / count) / (sumXX - (sumX * sumX) / count);
  return { slope, intercept: sumY / count - (slope * sumX) / count };
};

export const deriv = (window: Window): number | undefined =>
  window.to - window.from < 2 ? undefined : fitLine(window, window.timesMs[window.from]!).slope;

/** The parameter is how many seconds after the step. */
export const predictLinear = (window: Window): number | undefined => {
  if (window.to - window.from < 2) return undefined;
  const { slope, intercept } = fitLine(window, window.stepMs);
  return slope * window.parameter + intercept;
};
