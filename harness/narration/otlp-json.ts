// Figures and moments as OTLP/HTTP bodies in JSON: one request for metrics, one for log records.
import { harnessService } from './harness-signals.ts';
import type { Moment } from './moments.ts';
import type { Figure, Histogram, Point } from './run-state.ts';

export type NarrationScope = { readonly runId: string; readonly scenario: string };

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
const attributesOf = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => attribute(key, value));
const nanos = (ms: number): string => `${BigInt(Math.round(ms)) * 1_000_000n}`;
const scope = { name: 'faultline.harness' };
const cumulative = 2;

const resourceOf = ({ runId, scenario }: NarrationScope) => ({
  attributes: attributesOf({ 'service.name': harnessService, 'faultline.run': runId, 'faultline.scenario': scenario }),
});

export type Span = { readonly startedAtMs: number; readonly atMs: number };

export const metricsBody = (from: NarrationScope, figures: readonly Figure[], span: Span): unknown => {
  const metrics = figures.filter(({ points }) => points.length > 0).map((figure) => metricOf(figure, span));
  return { resourceMetrics: [{ resource: resourceOf(from), scopeMetrics: [{ scope, metrics }] }] };
};

const metricOf = ({ signal, points }: Figure, span: Span) => {
  const { name, unit, kind, meaning } = signal;
  const dataPoints = points.map((one) => dataPointOf(one, span));
  const described = { name, unit, description: meaning };
  switch (kind) {
    case 'counter':
      return { ...described, sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
    case 'gauge':
      return { ...described, gauge: { dataPoints } };
    case 'histogram':
      return { ...described, histogram: { aggregationTemporality: cumulative, dataPoints } };
  }
};

const dataPointOf = ({ attributes, value }: Point, { startedAtMs, atMs }: Span) => ({
  attributes: attributesOf(attributes),
  startTimeUnixNano: nanos(startedAtMs),
  timeUnixNano: nanos(atMs),
  ...(typeof value === 'number' ? { asDouble: value } : histogramOf(value)),
});

const histogramOf = ({ boundsSeconds, counts, sumSeconds }: Histogram) => ({
  count: String(counts.reduce((sum, count) => sum + count, 0)),
  sum: sumSeconds,
  explicitBounds: boundsSeconds,
  bucketCounts: counts.map(String),
});

export const logsBody = (from: NarrationScope, moments: readonly Moment[], observedAtMs: number): unknown => {
  const logRecords = moments.map(({ atMs, what, moment, name, text }) => ({
    timeUnixNano: nanos(atMs),
    observedTimeUnixNano: nanos(observedAtMs),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: text },
    attributes: attributesOf({ 'faultline.what': what, 'faultline.moment': moment, [`faultline.${what}`]: name }),
  }));
  return { resourceLogs: [{ resource: resourceOf(from), scopeLogs: [{ scope, logRecords }] }] };
};
