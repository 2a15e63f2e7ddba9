// The books over OTLP: the one elected worker hands a full snapshot each interval, and exactly that is exported, under no instance's name.
// It keeps no counts of its own: a counter's value is the books' value, so that a takeover continues the series.
import type { Attributes, HrTime } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type MetricData, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { signals } from '../contract/signals.ts';
import type { AccountingOptions, AccountingTelemetry, BookEntry } from './accounting.ts';
import { type Clock, systemClock, type Timers } from './clock.ts';
import { limitExports } from './export-deadline.ts';
import { type ExportFailures, watchExports } from './export-failures.ts';
import { accountingResource } from './resource.ts';
import { serviceVersion } from './service-version.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

export const startAccountingExport = (
  settings: TelemetrySettings,
  metricsUrl: string,
  { failures, booksStartedAtMs, clock = systemClock }: AccountingOptions,
): AccountingTelemetry => {
  const timeoutMs = Math.min(settings.exportTimeoutMs, settings.exportIntervalMs);
  return createAccountingExport({
    exporter: new OTLPMetricExporter({ url: metricsUrl, timeoutMillis: timeoutMs }),
    timeoutMs,
    failures,
    resource: accountingResource(settings.resourceAttributes),
    clock,
    booksStartedAtMs: booksStartedAtMs ?? clock.nowMs(),
  });
};

type ExportParts = {
  readonly exporter: PushMetricExporter;
  /** The exporter's own, for what it can see of the time. */
  readonly timeoutMs: number;
  readonly failures: ExportFailures;
  readonly resource: Resource;
  readonly clock: Clock & Timers;
  readonly booksStartedAtMs: number;
};

/** So that the exporter, which knows more of what went wrong, speaks first where it can. */
const exportMarginMs = 500;

export const createAccountingExport = (parts: ExportParts): AccountingTelemetry => {
  const { resource, clock, booksStartedAtMs, failures } = parts;
  const exporter = watchExports(limitExports(parts.exporter, parts.timeoutMs + exportMarginMs, clock), 'metrics', () => failures);
  const startTime = millisToHrTime(booksStartedAtMs);
  const known = createKnownSets();
  const scope = { name: 'faultline.accounting', version: serviceVersion };
  let stopped = false;
  let readAtMs = clock.nowMs();
  let running: Promise<void> | null = null;
  let waiting: (() => readonly BookEntry[]) | null = null;

  const exportOnce = (entries: readonly BookEntry[]) =>
    new Promise<void>((resolve) => {
      const endTime = millisToHrTime(clock.nowMs());
      const metrics = toMetrics([...entries, ageEntry(clock.nowMs(), readAtMs)], startTime, endTime);
      exporter.export({ resource, scopeMetrics: [{ scope, metrics }] }, () => resolve());
    });
  const exportWaiting = async () => {
    while (waiting !== null && !stopped) {
      const entries = waiting();
      waiting = null;
      // One at a time: a slow export must not be overtaken, or the older sample is refused as out of order.
      // oxlint-disable-next-line no-await-in-loop
      await exportOnce(entries);
    }
    running = null;
  };
  const enqueue = (entries: () => readonly BookEntry[]) => {
    if (stopped) return Promise.resolve();
    waiting = entries;
    running ??= exportWaiting();
    return running;
  };
  return {
    push: (snapshot) => {
      readAtMs = snapshot.readAtMs;
      const entries = known.complete(snapshot.entries);
      return enqueue(() => entries);
    },
    reportAge: () => (waiting === null ? enqueue(() => []) : (running ?? Promise.resolve())),
    stop: () => {
      stopped = true;
      waiting = null;
      void exporter.shutdown().catch(() => {});
    },
  };
};

const ageEntry = (nowMs: number, readAtMs: number): BookEntry => ({
  signal: signals.accountingAge,
  attributes: {},
  value: Math.max(0, nowMs - readAtMs) / 1000,
});

/** A set of attributes that was once reported goes on, where silence would read as the old value for minutes: a counter always does. */
const createKnownSets = () => {
  const known = new Map<string, BookEntry>();
  return {
    complete: (entries: readonly BookEntry[]): readonly BookEntry[] => {
      const present = new Set(entries.map(keyOf));
      const vanished = [...known].filter(([key]) => !present.has(key)).map(([, entry]) => entry);
      for (const entry of entries) if (goesOn(entry)) known.set(keyOf(entry), entry);
      return [...entries, ...vanished.map((entry) => (entry.signal.kind === 'gauge' ? { ...entry, value: 0 } : entry))];
    },
  };
};

const goesOn = ({ signal }: BookEntry) => signal.kind !== 'gauge' || signal.vanished === 'zero';

const keyOf = ({ signal, attributes }: BookEntry) => {
  const values: Readonly<Record<string, string | number>> = attributes;
  return JSON.stringify([signal.name, ...signal.attributes.map((name) => String(values[name]))]);
};

const toMetrics = (entries: readonly BookEntry[], startTime: HrTime, endTime: HrTime): MetricData[] => {
  // JSON has no NaN: what could not be measured is absent, never 0.
  const measured = entries.filter(({ value }) => Number.isFinite(value));
  return [...Map.groupBy(measured, ({ signal }) => signal)].map(([signal, ofSignal]) => {
    const dataPoints = ofSignal.map(({ attributes, value }) => ({ startTime, endTime, attributes: asText(attributes), value }));
    const common = {
      descriptor: { name: signal.name, description: signal.meaning, unit: signal.unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPoints,
    };
    return signal.kind === 'counter'
      ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
      : { ...common, dataPointType: DataPointType.GAUGE };
  });
};

/** Lanes and versions are labels: text everywhere, so that 1 and '1' are not two series. */
const asText = (attributes: Readonly<Record<string, string | number>>): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
