// Whole-run questions, one step a second: what the report draws, and what lag is checked against.
import type { RunTimeline, Series, SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { lookbackSeconds } from './look-back.ts';
import { runMatchers } from './substitute.ts';
import type { RunScope } from './substitute.ts';
import type { TargetSignals } from './target-signals.ts';

type Plot = { readonly name: string; readonly unit: string; readonly promql: string };
type PlotRecord = SignalsRecord['plots'][number];

/** Rates look back over four exports: two would be none when one is late. */
export const plotsOf = (signals: TargetSignals, scope: RunScope, exportIntervalMs: number): readonly Plot[] => {
  const run = runMatchers(scope);
  const window = `${4 * exportIntervalMs}ms`;
  const ingest = `${signals.ingestDuration.promName}_bucket{${run},${signals.ingestRoutes}}`;
  const ingestCount = `${signals.ingestDuration.promName}_count{${run},${signals.ingestRoutes}}`;
  const quantile = (share: number, buckets: string, by: string) =>
    `histogram_quantile(${share}, sum by (${by}) (rate(${buckets}[${window}])))`;
  const freshness = `${signals.freshness.promName}_bucket{${run}}`;
  return [
    { name: 'rate', unit: 'requests/s', promql: `sum by (${signals.statusLabel}) (rate(${ingestCount}[${window}]))` },
    { name: 'ingest-p50', unit: 's', promql: quantile(0.5, ingest, 'le') },
    { name: 'ingest-p99', unit: 's', promql: quantile(0.99, ingest, 'le') },
    { name: 'lag', unit: 'events', promql: `sum by (${signals.processorLabel}) (${signals.lag.promName}{${run}})` },
    { name: 'consumer-lag', unit: 'events', promql: `sum by (${signals.consumerLabel}) (${signals.consumerLag.promName}{${run}})` },
    { name: 'lag-duration', unit: 's', promql: `max by (${signals.processorLabel}) (${signals.lagDuration.promName}{${run}})` },
    { name: 'freshness-p99', unit: 's', promql: quantile(0.99, freshness, `le, ${signals.processorLabel}`) },
    { name: 'dead-letters', unit: 'events', promql: `sum by (${signals.processorLabel}) (${signals.deadLetters.promName}{${run}})` },
    { name: 'parked-keys', unit: 'keys', promql: `sum by (${signals.processorLabel}) (${signals.parkedKeys.promName}{${run}})` },
    { name: 'queue', unit: 'bytes', promql: `sum(${signals.ingestQueue.promName}{${run}})` },
  ];
};

const stepMs = 1_000;

export type PlotQuestions = {
  readonly client: SignalClient;
  readonly scope: RunScope;
  readonly signals: TargetSignals;
  readonly timeline: RunTimeline;
  readonly exportIntervalMs: number;
};

/** NaN is a quantile over nothing: a gap in the plot, and nothing that JSON could hold. */
const withoutGaps = (series: readonly Series[]): readonly Series[] =>
  series.map(({ labels, samples }) => ({ labels, samples: samples.filter(([, value]) => Number.isFinite(value)) }));

export const askPlots = ({ client, scope, signals, timeline, exportIntervalMs }: PlotQuestions): Promise<readonly PlotRecord[]> => {
  const from = Math.floor(timeline.zeroAt / 1_000);
  const to = Math.ceil(Math.max(timeline.drainedAt ?? 0, ...timeline.phases.map((phase) => phase.to)) / 1_000);
  return Promise.all(
    plotsOf(signals, scope, exportIntervalMs).map(async (plot): Promise<PlotRecord> => {
      const { value, error } = await attempt<readonly Series[]>(
        client.range(plot.promql, from, to, stepMs / 1_000, lookbackSeconds(Math.max(exportIntervalMs, stepMs))),
        [],
      );
      return { ...plot, series: withoutGaps(value), ...(error === undefined ? {} : { error }) };
    }),
  );
};
