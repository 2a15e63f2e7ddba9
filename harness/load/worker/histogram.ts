// Latencies in an HdrHistogram of microseconds, and its standard text form (V2, compressed, base64), which any HdrHistogram tool reads.
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** Ten minutes; what takes longer is counted as that. */
const longestUs = 600_000_000;

/** Three digits for a phase; two for its slices, of which there are many. */
export const createHistogram = (digits: 2 | 3): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: longestUs, numberOfSignificantValueDigits: digits, bitBucketSize: 32 });

export const recordMs = (histogram: Histogram, ms: number): void =>
  histogram.recordValue(Math.min(longestUs, Math.max(1, Math.round(ms * 1000))));

export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram);

export const decodeHistogram = (text: string): Histogram => decodeFromCompressedBase64(text, 32);

export const mergeHistograms = (texts: readonly string[], digits: 2 | 3): Histogram => {
  const all = createHistogram(digits);
  for (const text of texts) all.add(decodeHistogram(text));
  return all;
};

/** Null of an empty one. */
export const percentileMs = (histogram: Histogram, percentile: number): number | null =>
  histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / 1000;
