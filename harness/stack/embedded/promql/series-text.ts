// Series for tests, written as in Prometheus' rule tests: `up{job="a"} 1 2 _ 4 stale`, `n_total 0+10x5`. For tests alone.
import type { Labels } from './labels.ts';
import { labelsFrom } from './labels.ts';
import { matchesAll } from './matcher.ts';
import type { Storage, StoredSeries } from './storage.ts';
import { writeStaleMarker } from './storage.ts';

type Point = number | 'stale' | '_';

const expand = (text: string): Point[] => {
  const run = /^(-?[\d.]+)([+-][\d.]+)x(\d+)$/.exec(text);
  if (run !== null) return Array.from({ length: Number(run[3]) + 1 }, (_, index) => Number(run[1]) + index * Number(run[2]));
  if (text === '_' || text === 'stale') return [text];
  return [text === 'NaN' ? NaN : Number(text.replace('Inf', 'Infinity'))];
};

export const labelsOfText = (text: string): Labels => {
  const [, name = '', braces = ''] = /^([\w:]*)(?:\{(.*)\})?$/.exec(text)!;
  const pairs = [...braces.matchAll(/([\w.]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const);
  return labelsFrom(Object.fromEntries([['__name__', name], ...pairs]));
};

const parseLine = (line: string, stepMs: number): StoredSeries => {
  const [, selector, points] = /^(\S*\{.*\}|\S+)\s+(.*)$/.exec(line)!;
  const all = points!.trim().split(/\s+/).flatMap(expand);
  const kept = all.map((point, index) => ({ point, timeMs: index * stepMs })).filter(({ point }) => point !== '_');
  const values = new Float64Array(kept.length);
  kept.forEach(({ point }, index) => {
    if (point === 'stale') writeStaleMarker(values, index);
    else values[index] = Number(point);
  });
  return { labels: labelsOfText(selector!), timesMs: Float64Array.from(kept, ({ timeMs }) => timeMs), values };
};

/** One series a line, a point every `stepMs` from 0 on. */
export const storageOf = (text: string, stepMs = 60_000): Storage => {
  const all = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => parseLine(line, stepMs));
  return {
    select: (matchers, fromMs, toMs) =>
      all
        .filter((series) => matchesAll(series.labels, matchers))
        .map((series) => {
          const from = series.timesMs.findIndex((time) => time >= fromMs);
          const to = series.timesMs.findLastIndex((time) => time <= toMs) + 1;
          const start = from < 0 ? to : from;
          return { labels: series.labels, timesMs: series.timesMs.slice(start, to), values: series.values.slice(start, to) };
        }),
  };
};
