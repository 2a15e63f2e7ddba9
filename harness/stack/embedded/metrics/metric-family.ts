// What an OTLP metric is in Prometheus' terms: its name, its kind, how its points become samples; or why it is refused.
import type { OtlpHistogramPoint, OtlpMetric, OtlpNumberPoint, OtlpSummaryPoint, OtlpTemporality } from '../otlp-metric-types.ts';
import type { DropReason } from './limits.ts';
import type { MetricKind } from './metric-name.ts';
import { metricName, unitName } from './metric-name.ts';
import { InvalidData, listOf, recordOf } from './otlp-number.ts';
import type { PointShape } from './point-samples.ts';
import { histogramShape, numberShape, summaryShape } from './point-samples.ts';

export type FamilyMetadata = { readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'; readonly help: string; readonly unit: string };

export type MetricPoint = OtlpNumberPoint & OtlpHistogramPoint & OtlpSummaryPoint;

export type MetricFamily = {
  readonly name: string;
  readonly metadata: FamilyMetadata;
  readonly points: readonly MetricPoint[];
  readonly shape: PointShape<MetricPoint>;
};

export type RefusedMetric = { readonly refused: DropReason; readonly points: number; readonly message: string };

const promTypes: Readonly<Record<MetricKind, FamilyMetadata['type']>> = {
  gauge: 'gauge',
  sum: 'gauge',
  'monotonic-sum': 'counter',
  histogram: 'histogram',
  summary: 'summary',
};

const isCumulative = (temporality: OtlpTemporality | null | undefined): boolean =>
  temporality === 2 || temporality === 'AGGREGATION_TEMPORALITY_CUMULATIVE';

type Data = {
  readonly kind: MetricKind;
  readonly points: readonly MetricPoint[];
  readonly shape: PointShape<MetricPoint>;
  readonly cumulative: boolean;
};

const dataOf = (metric: OtlpMetric): Data | null => {
  if (metric.gauge) return { kind: 'gauge', points: listOf(metric.gauge.dataPoints, 'dataPoints'), shape: numberShape, cumulative: true };
  if (metric.sum) {
    const kind = metric.sum.isMonotonic ? 'monotonic-sum' : 'sum';
    return {
      kind,
      points: listOf(metric.sum.dataPoints, 'dataPoints'),
      shape: numberShape,
      cumulative: isCumulative(metric.sum.aggregationTemporality),
    };
  }
  if (metric.histogram) {
    const cumulative = isCumulative(metric.histogram.aggregationTemporality);
    return { kind: 'histogram', points: listOf(metric.histogram.dataPoints, 'dataPoints'), shape: histogramShape, cumulative };
  }
  return metric.summary
    ? { kind: 'summary', points: listOf(metric.summary.dataPoints, 'dataPoints'), shape: summaryShape, cumulative: true }
    : null;
};

const refuse = (refused: DropReason, points: number, message: string): RefusedMetric => ({ refused, points, message });

const textOf = (text: string | null | undefined, what: string): string => {
  if (text === null || text === undefined) return '';
  if (typeof text !== 'string') throw new InvalidData(what, text);
  return text;
};

const maxHelp = 1_024;

/** What is kept of a description. A slice alone would hold on to the whole text. */
const cut = (help: string): string => (help.length <= maxHelp ? help : Buffer.from(help.slice(0, maxHelp), 'utf16le').toString('utf16le'));

/** Throws InvalidData for what is no metric. */
export const readFamily = (given: OtlpMetric): MetricFamily | RefusedMetric => {
  const metric = recordOf(given, 'metric');
  const [otlpName, unit, help] = [textOf(metric.name, 'name'), textOf(metric.unit, 'unit'), textOf(metric.description, 'description')];
  const title = JSON.stringify(otlpName);
  if (metric.exponentialHistogram) {
    const points = listOf(metric.exponentialHistogram.dataPoints, 'dataPoints').length;
    return refuse('exponential', points, `metric ${title} is an exponential histogram, which is not supported: use explicit buckets`);
  }
  const data = dataOf(metric);
  if (data === null) return refuse('invalid', 0, `metric ${title} has no data`);
  const { kind, points, shape } = data;
  if (!data.cumulative) {
    return refuse(
      'temporality',
      points.length,
      `metric ${title} is not cumulative: set the exporter's temporality preference to cumulative`,
    );
  }
  const name = metricName(otlpName, unit, kind);
  if (name === null) return refuse('invalid', points.length, `metric ${title} has no letter or digit in its name`);
  const metadata = { type: promTypes[kind], help: cut(help), unit: unitName(unit) };
  return { name, metadata, points, shape };
};
