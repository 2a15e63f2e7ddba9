// Whether new series have room. Those that ended make way for them, the longest ended first; one that is still written never does: whoever
// makes series without end would push out everybody's samples.
import type { DropTimes } from '../drop-times.ts';
import type { Labels } from '../promql/labels.ts';
import type { DropCounts, MetricLimits } from './limits.ts';
import { bytesOfSeries } from './series-bytes.ts';
import type { Series, SeriesIndex } from './series-index.ts';

export type SeriesRoom = {
  /** Why the store can't have them all; null where it can, for which it may have let go of others. */
  refusalOf(missing: readonly Labels[], nowMs: number): string | null;
};

/** Of the bytes of the store, the part that series may take. The rest is for samples, of which each series has one block at least. */
export const seriesShare = 0.75;

/** A series that was not written for this long has ended: twice the minute in which SDKs export by default. */
const endedMs = 120_000;

/** All series are looked at for it, so not at each request; and then room is made for a while. */
const seekEveryMs = 1_000;
const roomToMake = 0.1;

const endedBefore = (index: SeriesIndex, timeMs: number): Series[] =>
  [...index.all()].filter(({ samples }) => samples.lastMs < timeMs).sort((a, b) => a.samples.lastMs - b.samples.lastMs);

export const createSeriesRoom = (index: SeriesIndex, limits: MetricLimits, drops: DropCounts, losses: DropTimes): SeriesRoom => {
  const maxBytes = limits.maxBytes * seriesShare;
  let soughtAtMs = -Infinity;
  const makeRoom = (nowMs: number): void => {
    for (const series of endedBefore(index, nowMs - endedMs)) {
      if (index.bytes <= maxBytes * (1 - roomToMake) && index.size <= limits.maxSeries * (1 - roomToMake)) return;
      const { lastMs } = series.samples;
      const dropped = series.samples.dropBefore(Infinity);
      drops.bytes += dropped;
      losses.add(lastMs, dropped);
      index.remove(series);
    }
  };
  const refusal = (count: number, bytes: number): string | null => {
    if (index.size + count > limits.maxSeries) return `the store holds its ${limits.maxSeries} series already`;
    return index.bytes + bytes > maxBytes ? `the series of the store take the ${maxBytes} bytes already that are for them` : null;
  };
  return {
    refusalOf(missing, nowMs) {
      const bytes = missing.reduce((sum, labels) => sum + bytesOfSeries(labels), 0);
      const first = refusal(missing.length, bytes);
      if (first === null || nowMs - soughtAtMs < seekEveryMs) return first;
      soughtAtMs = nowMs;
      makeRoom(nowMs);
      return refusal(missing.length, bytes);
    },
  };
};
