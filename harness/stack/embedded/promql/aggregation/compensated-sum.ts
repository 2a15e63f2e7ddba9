// Kahan's summation with Neumaier's improvement: what Prometheus sums with, so that 1e100 + 1 - 1e100 is 1.

export type CompensatedSum = { sum: number; compensation: number };

export const addTo = (total: CompensatedSum, value: number): void => {
  const { sum } = total;
  const next = sum + value;
  if (Math.abs(next) === Infinity) total.compensation = 0;
  else if (Math.abs(sum) >= Math.abs(value)) total.compensation += sum - next + value;
  else total.compensation += value - next + sum;
  total.sum = next;
};

export const totalOf = ({ sum, compensation }: CompensatedSum): number => (Math.abs(sum) === Infinity ? sum : sum + compensation);
