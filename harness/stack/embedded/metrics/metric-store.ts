// Time series in memory: takes decoded OTLP metrics under Prometheus' names, gives samples to the evaluator. Bounded; what is dropped is counted.
import type { Labels } from '../promql/labels.ts';
import type { Matcher } from '../promql/matcher.ts';
import type { Storage } from '../promql/storage.ts';
import type { DecodedResourceMetrics } from '../otlp-metric-types.ts';
import { createDropTimes } from '../drop-times.ts';
import { createBlockPool } from './block-pool.ts';
import type { AppendOutcome } from './column-state.ts';
import type { DropCounts, MetricLimits } from './limits.ts';
import { defaultMetricLimits, noDrops } from './limits.ts';
import type { IngestResult } from './ingest.ts';
import { addSeries, createIngest } from './ingest.ts';
import type { FamilyMetadata } from './metric-family.ts';
import { createRetention, storedBytes } from './retention.ts';
import { createSampleBuffer } from './sample-buffer.ts';
import type { SampleValue } from './sample-code.ts';
import { createSeriesIndex } from './series-index.ts';
import { createSeriesRoom } from './series-room.ts';

export type MetricReport = {
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
  /** Unix milliseconds; null while empty. */
  readonly oldestMs: number | null;
  readonly newestMs: number | null;
  readonly appended: number;
  readonly drops: Readonly<DropCounts>;
};

export type MetricStore = Storage & {
  /** Partial success: what could not be taken is counted in data points, the first reasons are in `message`. Never throws for bad data. */
  ingest(resourceMetrics: readonly DecodedResourceMetrics[], receivedAtMs: number): IngestResult;
  /** Labels of the series that have a sample in the time, those that match any of the selectors; all for no selector. */
  labelSets(selectors: readonly (readonly Matcher[])[], fromMs: number, toMs: number): Labels[];
  /**
   * A sample of our own making, as rules write them: never out of order. `series` where one more would be too many, which is counted;
   * the other outcomes are the writer's to tell.
   */
  append(labels: Labels, timeMs: number, value: SampleValue): AppendOutcome | 'series';
  metadata(): ReadonlyMap<string, FamilyMetadata>;
  report(): MetricReport;
  /** Samples that are lost, of those that came at that time or later: epoch milliseconds. A sample sent twice is a retry, and one that grew too old has had its time. */
  droppedSince(ms: number): number;
};

/** Without those that were taken first. */
const refusedOf = ({ duplicate: _duplicate, retention: _retention, bytes: _bytes, ...refused }: Readonly<DropCounts>): number =>
  Object.values(refused).reduce((sum, count) => sum + count, 0);

export const createMetricStore = (limits: Partial<MetricLimits> = {}): MetricStore => {
  const bounds: MetricLimits = { ...defaultMetricLimits, ...limits };
  const index = createSeriesIndex();
  const drops = noDrops();
  const metadata = new Map<string, FamilyMetadata>();
  const losses = createDropTimes();
  const retention = createRetention(index, bounds, drops, losses);
  const room = createSeriesRoom(index, bounds, drops, losses);
  const parts = { index, memory: { pool: createBlockPool(), buffer: createSampleBuffer() }, limits: bounds, room, drops, metadata };
  const ingest = createIngest(parts);
  let appended = 0;

  const report = (): MetricReport => {
    let [samples, oldestMs, newestMs] = [0, Infinity, -Infinity];
    for (const series of index.all()) {
      samples += series.samples.length;
      oldestMs = Math.min(oldestMs, series.samples.firstMs);
      newestMs = Math.max(newestMs, series.samples.lastMs);
    }
    const time = samples === 0 ? { oldestMs: null, newestMs: null } : { oldestMs, newestMs };
    return { series: index.size, samples, bytes: storedBytes(index), ...time, appended, drops: { ...drops } };
  };

  const labelSets: MetricStore['labelSets'] = (selectors, fromMs, toMs) => {
    const found = new Set(selectors.length === 0 ? index.all() : selectors.flatMap((matchers) => index.find(matchers)));
    return [...found].filter(({ samples }) => samples.firstMs <= toMs && samples.lastMs >= fromMs).map((series) => series.labels);
  };

  return {
    ingest: (resourceMetrics, receivedAtMs) => {
      const refusedBefore = refusedOf(drops);
      const result = ingest(resourceMetrics, receivedAtMs);
      losses.add(receivedAtMs, refusedOf(drops) - refusedBefore);
      appended += result.appendedSamples;
      retention.apply(receivedAtMs);
      return result;
    },
    select: (matchers, fromMs, toMs) =>
      index
        .find(matchers)
        .filter(({ samples }) => samples.firstMs <= toMs && samples.lastMs >= fromMs)
        .map(({ labels, samples }) => ({ labels, read: () => samples.read(fromMs, toMs) })),
    labelSets,
    append: (labels, timeMs, value) => {
      const known = index.byKey(labels.key);
      if (known === undefined && room.refusalOf([labels], timeMs) !== null) {
        drops.series += 1;
        losses.add(timeMs, 1);
        return 'series';
      }
      const outcome = (known ?? addSeries(labels, parts)).samples.append(timeMs, value, 0);
      if (outcome === 'appended') appended += 1;
      retention.apply(timeMs);
      return outcome;
    },
    metadata: () => metadata,
    report,
    droppedSince: losses.since,
  };
};
