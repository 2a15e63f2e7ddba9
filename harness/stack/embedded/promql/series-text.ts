// Series for tests, written as in Prometheus' rule tests: `up{job="a"} 1 2 _ 4 stale`, `n_total 0+10x5`. For tests alone.
import { parseMetric } from '../rules/testing-format/parse-metric.ts';
import { parseSeriesValues } from '../rules/testing-format/parse-values.ts';
import { matchesAll } from './matcher.ts';
import type { Samples, Storage, StoredSeries } from './storage.ts';
import { writeStaleMarker } from './storage.ts';

const parseLine = (line: string, stepMs: number): Samples & Pick<StoredSeries, 'labels'> => {
  const [, selector, points] = /^(\S*\{.*\}|\S+)\s+(.*)$/.exec(line)!;
  const all = parseSeriesValues(points!);
  const kept = all.map((point, index) => ({ point, timeMs: index * stepMs })).filter(({ point }) => point !== null);
  const values = new Float64Array(kept.length);
  kept.forEach(({ point }, index) => {
    if (point === 'stale') writeStaleMarker(values, index);
    else values[index] = Number(point);
  });
  return { labels: parseMetric(selector!), timesMs: Float64Array.from(kept, ({ timeMs }) => timeMs), values };
};

/** What was read is good until the next read, as the store has it; whoever uses it for longer shall be found out. */
export const spoilingReads = (): ((samples: Samples) => Samples) => {
  let last: Samples | null = null;
  return (samples) => {
    last?.timesMs.fill(NaN);
    last?.values.fill(NaN);
    last = samples;
    return samples;
  };
};

/** One series a line, a point every `stepMs` from 0 on. */
export const storageOf = (text: string, stepMs = 60_000): Storage => {
  const all = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => parseLine(line, stepMs));
  const spoilLast = spoilingReads();
  return {
    select: (matchers, fromMs, toMs) =>
      all
        .filter((series) => matchesAll(series.labels, matchers))
        .map((series) => {
          const from = series.timesMs.findIndex((time) => time >= fromMs);
          const to = series.timesMs.findLastIndex((time) => time <= toMs) + 1;
          const start = from < 0 ? to : from;
          return {
            labels: series.labels,
            read: () => spoilLast({ timesMs: series.timesMs.slice(start, to), values: series.values.slice(start, to) }),
          };
        }),
  };
};
