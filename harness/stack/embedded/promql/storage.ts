// What the evaluator needs of a store of samples, and how a series says that it ended.
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';

/** Times are Unix milliseconds, ascending, without repeats; a stale marker is a NaN of its own among the values (isStaleAt). */
export type Samples = { readonly timesMs: Float64Array; readonly values: Float64Array };

/**
 * One series, whose samples are unpacked when they are read. What `read` gives is valid until any series of the storage is read again, or the store is
 * written to: who needs it for longer copies it. Evaluation is synchronous, and takes one series at a time.
 */
export type StoredSeries = { readonly labels: Labels; read(): Samples };

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

/** The samples without stale markers: what a range selector sees. */
export const withoutStaleMarkers = (samples: Samples): Samples => {
  if (!anyStale(samples.values)) return samples;
  const kept: number[] = [];
  samples.values.forEach((_, index) => {
    if (!isStaleAt(samples.values, index)) kept.push(index);
  });
  return {
    timesMs: Float64Array.from(kept, (index) => samples.timesMs[index]!),
    values: Float64Array.from(kept, (index) => samples.values[index]!),
  };
};
