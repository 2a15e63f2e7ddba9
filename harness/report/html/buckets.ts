// Time cut into buckets of half a second, and lines with times of their own put on one common axis.
import type { Sample } from '../../engine/run-data.ts';

export const bucketSeconds = 0.5;

/** The middles of the buckets from 0 to `until`, in seconds. */
export const bucketMiddles = (until: number): readonly number[] =>
  Array.from({ length: Math.max(1, Math.ceil(until / bucketSeconds)) }, (_, index) => (index + 0.5) * bucketSeconds);

export const bucketOf = (ms: number): number => Math.floor(ms / 1000 / bucketSeconds);

/** How many of `timesMs` fall in each bucket, as a rate a second. What lies outside is left out. */
export const ratesOf = (timesMs: readonly number[], buckets: number): readonly number[] => {
  const counts = Array.from({ length: buckets }, () => 0);
  for (const time of timesMs) {
    const bucket = bucketOf(time);
    if (bucket >= 0 && bucket < buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts.map((count) => count / bucketSeconds);
};

export type Line = { readonly x: readonly number[]; readonly y: readonly (number | null)[] };

/** The values of each line on the union of all their times; null where a line has none. */
export const align = (
  lines: readonly Line[],
): { readonly x: readonly number[]; readonly values: readonly (readonly (number | null)[])[] } => {
  const x = [...new Set(lines.flatMap((line) => line.x))].toSorted((a, b) => a - b);
  const place = new Map(x.map((time, index) => [time, index]));
  const values = lines.map((line) => {
    const row: (number | null)[] = x.map(() => null);
    line.x.forEach((time, index) => (row[place.get(time) as number] = line.y[index] ?? null));
    return row;
  });
  return { x, values };
};

/** Samples of the telemetry as a line in seconds since the run's zero. */
export const sampleLine = (samples: readonly Sample[], zeroAt: number, scale = 1): Line => ({
  x: samples.map(([atSeconds]) => Math.round(atSeconds * 1000 - zeroAt) / 1000),
  y: samples.map(([, value]) => (Number.isFinite(value) ? value * scale : null)),
});
