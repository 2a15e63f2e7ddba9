// Latency of what was acknowledged, from the intended time (so that waiting behind a slow answer counts), and the p99 that the telemetry saw in the server.
import type { RunData } from '../../engine/run-data.ts';
import { milliseconds } from '../console/numbers.ts';
import { align, bucketMiddles, bucketOf, type Line, sampleLine } from './buckets.ts';
import type { Plot, PlotSeries } from './plot-data.ts';

export const latencyPlot = (run: RunData, until: number): Plot => {
  const x = bucketMiddles(until);
  const buckets = latenciesByBucket(run, x.length);
  const at = (share: number): Line => ({ x, y: buckets.map((sorted) => quantile(sorted, share)) });
  const telemetry = run.signals?.plots.find(({ name }) => name === 'ingest-p99')?.series[0];
  const lines = [at(0.5), at(0.99), ...(telemetry === undefined ? [] : [sampleLine(telemetry.samples, run.timeline.zeroAt, 1000)])];
  const { x: times, values } = align(lines);
  const styles: readonly Omit<PlotSeries, 'values'>[] = [
    { label: 'p50, client', role: 'second' },
    { label: 'p99, client', role: 'good' },
    { label: 'p99, telemetry', role: 'good', dashed: true },
  ];
  const series = values.map((row, index) => ({ ...(styles[index] as Omit<PlotSeries, 'values'>), values: row }));
  const all = buckets.flat().toSorted((a, b) => a - b);
  const summary = `Over the whole run half of the acknowledged events took less than ${milliseconds(quantile(all, 0.5))}, 99 in 100 less than ${milliseconds(quantile(all, 0.99))}.`;
  return { id: 'latency', title: 'Latency of acknowledged events', unit: 'ms, logarithmic', logarithmic: true, summary, x: times, series };
};

const latenciesByBucket = ({ operations }: RunData, buckets: number): readonly (readonly number[])[] => {
  const lists: number[][] = Array.from({ length: buckets }, () => []);
  for (const { outcome, intendedAt, doneAt } of operations) {
    if (outcome === 'ok') lists[bucketOf(intendedAt)]?.push(doneAt - intendedAt);
  }
  return lists.map((list) => list.toSorted((a, b) => a - b));
};

/** Nearest rank. */
const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted.length === 0 ? null : Math.max(0.01, sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0.01);
