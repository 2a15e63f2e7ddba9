// Lets go of what is too old, and of the oldest where the store is full.
import type { DropTimes } from '../drop-times.ts';
import type { DropCounts, MetricLimits } from './limits.ts';
import type { SeriesIndex } from './series-index.ts';

export type Retention = {
  /** Cheap to call at each request: it looks at the series only once a second, and for what is too old every ten. */
  apply(nowMs: number): void;
};

const sweepEveryMs = 1_000;

/** The oldest block of each series is unpacked to see how much of it is too old. */
const ageEveryMs = 10_000;

export const storedBytes = (index: SeriesIndex): number => {
  let { bytes } = index;
  for (const { samples } of index.all()) bytes += samples.bytes;
  return bytes;
};

const dropBefore = (index: SeriesIndex, timeMs: number): number => {
  let dropped = 0;
  for (const series of index.all()) {
    if (!(series.samples.firstMs < timeMs)) continue;
    dropped += series.samples.dropBefore(timeMs);
    if (series.samples.length === 0) index.remove(series);
  }
  return dropped;
};

const timeSpan = (index: SeriesIndex): { readonly firstMs: number; readonly lastMs: number } => {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { samples } of index.all()) {
    firstMs = Math.min(firstMs, samples.firstMs);
    lastMs = Math.max(lastMs, samples.lastMs);
  }
  return { firstMs, lastMs };
};

/** A tenth of the time at once, so that a full store is not swept at every request. */
const makeRoom = (index: SeriesIndex): { readonly beforeMs: number; readonly dropped: number } => {
  const { firstMs, lastMs } = timeSpan(index);
  const beforeMs = firstMs + Math.max(1, (lastMs - firstMs) / 10);
  return { beforeMs, dropped: dropBefore(index, beforeMs) };
};

export const createRetention = (index: SeriesIndex, limits: MetricLimits, drops: DropCounts, losses: DropTimes): Retention => {
  let [sweptAtMs, agedAtMs] = [-Infinity, -Infinity];
  return {
    apply: (nowMs) => {
      if (nowMs - sweptAtMs < sweepEveryMs) return;
      sweptAtMs = nowMs;
      if (nowMs - agedAtMs >= ageEveryMs) {
        agedAtMs = nowMs;
        drops.retention += dropBefore(index, nowMs - limits.retentionMs);
      }
      while (index.size > 0 && storedBytes(index) > limits.maxBytes) {
        const { beforeMs, dropped } = makeRoom(index);
        drops.bytes += dropped;
        losses.add(beforeMs, dropped);
      }
    },
  };
};
