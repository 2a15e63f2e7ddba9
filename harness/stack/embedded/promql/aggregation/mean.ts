// The mean as Prometheus takes it: sum divided by count, but incrementally from where the sum would overflow.
import type { CompensatedSum } from './compensated-sum.ts';
import { addTo } from './compensated-sum.ts';

/** `total` holds the sum, or from the overflow on the mean itself. */
export type Mean = { readonly total: CompensatedSum; count: number; incremental: boolean };

export const createMean = (): Mean => ({ total: { sum: 0, compensation: 0 }, count: 0, incremental: false });

const addIncrementally = (mean: Mean, value: number): void => {
  const { total, count } = mean;
  const share = (count - 1) / count;
  total.sum *= share;
  total.compensation *= share;
  addTo(total, value / count);
};

export const addToMean = (mean: Mean, value: number): void => {
  const { total } = mean;
  mean.count += 1;
  if (mean.count === 1) total.sum = value;
  else if (mean.incremental) addIncrementally(mean, value);
  else if (Math.abs(total.sum + value) !== Infinity) addTo(total, value);
  else {
    mean.incremental = true;
    total.sum /= mean.count - 1;
    total.compensation /= mean.count - 1;
    addIncrementally(mean, value);
  }
};

export const meanOf = ({ total, count, incremental }: Mean): number =>
  incremental ? total.sum + total.compensation : total.sum / count + total.compensation / count;
