// Least and greatest of a parameter over all steps, which is how Prometheus checks it: once for the query.

export type ScalarBounds = { readonly low: number; readonly high: number; readonly hasNaN: boolean };

/** Both bounds are NaN where all values are. */
export const scalarBounds = (values: Float64Array): ScalarBounds => {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const hasNaN = numbers.length < values.length;
  if (numbers.length === 0) return { low: NaN, high: NaN, hasNaN };
  return {
    low: numbers.reduce((a, b) => Math.min(a, b), Infinity),
    high: numbers.reduce((a, b) => Math.max(a, b), -Infinity),
    hasNaN,
  };
};
