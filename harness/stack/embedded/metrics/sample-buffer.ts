// Where columns unpack what is asked of them: one buffer for a store, used again and again, so that a query of millions of samples leaves nothing to collect.

import type { Samples } from '../promql/storage.ts';

export type SampleBuffer = {
  /** Room for so many samples; contents are left over from before. Valid until the next call. */
  reserve(samples: number): Samples;
};

export const createSampleBuffer = (): SampleBuffer => {
  let buffer: Samples = { timesMs: new Float64Array(1_024), values: new Float64Array(1_024) };
  return {
    reserve: (samples) => {
      if (samples > buffer.timesMs.length) {
        const length = Math.max(samples, 2 * buffer.timesMs.length);
        buffer = { timesMs: new Float64Array(length), values: new Float64Array(length) };
      }
      return buffer;
    },
  };
};

/** The first index in [from, to) whose time is not before `timeMs`; `to` where there is none. */
export const lowerBound = (timesMs: Float64Array, timeMs: number, from: number, to: number): number => {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
