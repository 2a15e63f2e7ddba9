// Metric queries of LogQL: counting entries over a range, and aggregating the counts.
import type { Labels } from '../loki-record.ts';
import type { StoredEntry } from '../log-store.ts';
import type { Grouping, MetricQuery } from './query.ts';
import { selectLogs } from './select-logs.ts';

export type MetricSample = { readonly labels: Labels; readonly value: number };

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));

const grouped = (labels: Labels, grouping: Grouping | null): Labels => {
  if (grouping === null) return {};
  return Object.fromEntries(Object.entries(labels).filter(([name]) => grouping.labels.includes(name) !== grouping.without));
};

const countOver = (
  query: MetricQuery & { kind: 'over-time' },
  entries: () => Iterable<StoredEntry>,
  atMs: number,
): readonly MetricSample[] => {
  const endNano = BigInt(Math.round((atMs - query.offsetMs) * 1_000)) * 1_000n;
  const startNano = endNano - BigInt(Math.round(query.rangeMs * 1_000)) * 1_000n;
  const ofBytes = query.operation === 'bytes_over_time' || query.operation === 'bytes_rate';
  const found = new Map<string, { labels: Labels; value: number }>();
  // Loki's range is open at its start and closed at its end.
  for (const { entry, labels } of selectLogs(query.query, entries(), startNano + 1n, endNano + 1n)) {
    const key = keyOf(labels);
    const sample = found.get(key) ?? { labels, value: 0 };
    sample.value += ofBytes ? Buffer.byteLength(entry.line) : 1;
    found.set(key, sample);
  }
  const divisor = query.operation === 'rate' || query.operation === 'bytes_rate' ? query.rangeMs / 1_000 : 1;
  return [...found.values()].map(({ labels, value }) => ({ labels, value: value / divisor }));
};

const folds: Readonly<Record<'sum' | 'min' | 'max' | 'avg' | 'count', (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  count: (values) => values.length,
};

/** At one moment. No entry in the range: no sample, never 0. */
export const evaluateMetric = (query: MetricQuery, entries: () => Iterable<StoredEntry>, atMs: number): readonly MetricSample[] => {
  if (query.kind === 'over-time') return countOver(query, entries, atMs);
  const groups = Map.groupBy(
    evaluateMetric(query.of, entries, atMs).map(({ labels, value }) => ({ labels: grouped(labels, query.grouping), value })),
    ({ labels }) => keyOf(labels),
  );
  return [...groups.values()].map((samples) => ({
    labels: samples[0]?.labels ?? {},
    value: folds[query.operation](samples.map(({ value }) => value)),
  }));
};
