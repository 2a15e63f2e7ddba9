// What the evaluator needs of a store of samples, and how a series says that it ended.
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';

/**
 * One series. Times are Unix milliseconds, ascending, without repeats; a stale marker is a NaN of its own among the values (isStaleAt).
 * The arrays may be views of live memory: they are valid until the store is written to, and evaluation is synchronous.
 */
export type StoredSeries = { readonly labels: Labels; readonly timesMs: Float64Array; readonly values: Float64Array };

export type Storage = {
  /** All series that match, with their samples from `fromMs` to `toMs`, both included. No two have the same labels. */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly StoredSeries[];
};

/** Prometheus' own bits: a NaN that no arithmetic yields. */
const staleBits = 0x7ff0000000000002n;

/** Copies of whole typed arrays keep the bits; a number read into a variable may not. */
export const writeStaleMarker = (values: Float64Array, index: number): void => {
  new BigUint64Array(values.buffer, values.byteOffset, values.length)[index] = staleBits;
};

export const isStaleAt = (values: Float64Array, index: number): boolean =>
  Number.isNaN(values[index]!) && new BigUint64Array(values.buffer, values.byteOffset + index * 8, 1)[0] === staleBits;

const anyStale = (values: Float64Array): boolean => {
  for (let index = 0; index < values.length; index += 1) if (isStaleAt(values, index)) return true;
  return false;
};

/** The series without its stale markers: what a range selector sees. */
export const withoutStaleMarkers = (series: StoredSeries): StoredSeries => {
  if (!anyStale(series.values)) return series;
  const kept: number[] = [];
  series.values.forEach((_, index) => {
    if (!isStaleAt(series.values, index)) kept.push(index);
  });
  return {
    labels: series.labels,
    timesMs: Float64Array.from(kept, (index) => series.timesMs[index]!),
    values: Float64Array.from(kept, (index) => series.values[index]!),
  };
};
