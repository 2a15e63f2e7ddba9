// status/tsdb: how full the store is, in Prometheus' words, and beside them what it had to drop and why.
import { labelEntries, labelValue, metricNameLabel } from '../promql/labels.ts';
import { dropReasons } from '../metrics/limits.ts';
import type { Answer, ApiContext } from './answer.ts';
import type { Parameters } from './parameters.ts';

const countBy = (names: Iterable<string>): { readonly name: string; readonly value: number }[] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
};

export const storeStatus = (_parameters: Parameters, { store }: ApiContext): Answer => {
  const report = store.report();
  const all = store.labelSets([], -Infinity, Infinity);
  const pairs = new Set(all.flatMap((labels) => [...labelEntries(labels)].map(([name, value]) => `${name}=${value}`)));
  return {
    data: {
      headStats: {
        numSeries: report.series,
        numLabelPairs: pairs.size,
        chunkCount: report.series,
        minTime: report.oldestMs ?? 0,
        maxTime: report.newestMs ?? 0,
      },
      seriesCountByMetricName: countBy(all.map((labels) => labelValue(labels, metricNameLabel))).slice(0, 10),
      samples: report.samples,
      bytes: report.bytes,
      appended: report.appended,
      dropped: Object.entries(report.drops).map(([reason, count]) => ({
        reason,
        count,
        meaning: dropReasons[reason as keyof typeof dropReasons],
      })),
    },
  };
};
