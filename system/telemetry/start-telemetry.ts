// Sets up the telemetry of one process: metrics, traces and logs over OTLP/HTTP (JSON) where the standard OTEL_* variables ask for it, else only
// log lines on stdout. Export never blocks or breaks the process.
import { createNoopMeter } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, InstrumentType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { settings as systemSettings } from '../contract/environment.ts';
import { signals } from '../contract/signals.ts';
import { type Clock, systemClock } from './clock.ts';
import { createExportFailures, type ExportFailures, watchExports } from './export-failures.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { createLogger, type Logger } from './logger.ts';
import { createRateLimitedSampler } from './rate-limited-sampler.ts';
import { processResource, serviceVersion } from './resource.ts';
import { createSpans, noSpans, type Spans } from './spans.ts';
import { createStdoutWriter } from './stdout-writer.ts';
import { parseTelemetrySettings, type TelemetryEnvironment, type TelemetrySettings } from './telemetry-settings.ts';

export type TelemetryOptions = {
  /** The role; service.name is `faultline-<process>` unless OTEL_SERVICE_NAME says otherwise. */
  readonly process: string;
  /** service.instance.id */
  readonly instance: string;
  readonly environment: TelemetryEnvironment;
  /** Root spans sampled a second; FAULTLINE_TRACES_PER_SECOND by default. */
  readonly tracesPerSecond?: number;
  /** Tenants with a label of their own: each adds series to what an instrument may have. */
  readonly tenantLabels?: number;
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
};

export type Telemetry = {
  readonly instruments: Instruments;
  /** Spans of one part of the system, by its scope's name. */
  tracer(name: string): Spans;
  readonly logger: Logger;
  /** Of this process, the export of the books included where it has that. */
  readonly exportFailures: ExportFailures;
  /**
   * To be called when all instruments are there, and before anything can count: what a counter counts before it was exported for the first time is in no increase of it, and
   * a process that starts after a crash counts at once. Returns at once, and never rejects.
   */
  announce(): void;
  /** Sends what is buffered, within 2 s, and ends; what could not be sent by then is given up. Call it last. Never rejects. */
  shutdown(): Promise<void>;
};

const shutdownBoundMs = 2000;

/** What the SDK allows an instrument by itself. Past its bound all that is new falls into one series, and no alert by label sees it. */
const seriesOfAll = 2000;
/** Over the codes of refusal, and over what one tenant brings of routes with their statuses. */
const seriesOfTenant = 200;

/** Where nobody announces them, the first export comes this soon. */
const firstExportMs = 200;

export const startTelemetry = (options: TelemetryOptions): Telemetry => {
  const { clock = systemClock, write = createStdoutWriter({ clock }) } = options;
  const settings = parseTelemetrySettings(options.environment);
  const resource = processResource({
    ...settings,
    instance: options.instance,
    serviceName: settings.serviceName ?? `faultline-${options.process}`,
  });
  const debug = options.environment['OTEL_LOG_LEVEL']?.toLowerCase() === 'debug';
  // Failures are told on stdout alone: a record about a failed export must not be one more export.
  const failures = createExportFailures(createLogger({ write, clock, otel: null }), clock, (signal) => {
    failureCounter.add(1, { 'faultline.telemetry.signal': signal });
  });
  // Every failed export is counted where it fails; the SDK's own handler would print it a second time.
  setGlobalErrorHandler(() => {});
  const parts = { settings, resource, failures };
  const metrics = startMetrics(parts, seriesOfAll + seriesOfTenant * (options.tenantLabels ?? 0));
  const traces = startTraces(parts, tracesPerSecond(options), clock);
  const logs = startLogs(parts);
  const failureCounter = metrics.instruments.counter(
    signals.telemetryExportFailures,
    ['metrics', 'traces', 'logs'].map((signal) => ({ 'faultline.telemetry.signal': signal })),
  );
  const logger = createLogger({ write, clock, otel: logs.otel, debug });
  for (const problem of settings.problems) logger.warn(problem, {}, { eventName: 'faultline.telemetry.setting_ignored' });
  let ended: Promise<void> | null = null;
  return {
    instruments: metrics.instruments,
    tracer: traces.tracer,
    logger,
    exportFailures: failures,
    announce: metrics.announce,
    shutdown: () => (ended ??= bounded([metrics.shutdown(), traces.shutdown(), logs.shutdown()])),
  };
};

type Parts = { readonly settings: TelemetrySettings; readonly resource: Resource; readonly failures: ExportFailures };

const nothingToEnd = () => Promise.resolve();
const nothingToSay = () => {};

const tracesPerSecond = ({ tracesPerSecond: given, environment }: TelemetryOptions) => {
  const value = given ?? Number(environment[systemSettings.traceSampleRate.name] ?? systemSettings.traceSampleRate.fallback);
  return Number.isFinite(value) && value >= 0 ? value : Number(systemSettings.traceSampleRate.fallback);
};

const startMetrics = ({ settings, resource, failures }: Parts, mostSeries: number) => {
  if (settings.metricsUrl === null)
    return { instruments: createInstruments(createNoopMeter()), announce: nothingToSay, shutdown: nothingToEnd };
  // Within one interval: metrics are cumulative, so a late copy is worth less than the next one.
  const timeoutMillis = Math.min(settings.exportTimeoutMs, settings.exportIntervalMs);
  const reader = new PeriodicExportingMetricReader({
    exporter: watchExports(createMetricExporter(settings.metricsUrl, timeoutMillis), 'metrics', () => failures),
    exportIntervalMillis: settings.exportIntervalMs,
    exportTimeoutMillis: timeoutMillis,
    cardinalityLimits: { default: mostSeries },
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const announce = () => {
    clearTimeout(first);
    void provider.forceFlush().catch(() => {});
  };
  const first = setTimeout(announce, Math.min(firstExportMs, settings.exportIntervalMs));
  first.unref();
  const shutdown = () => {
    clearTimeout(first);
    return provider.shutdown();
  };
  return { instruments: createInstruments(provider.getMeter('faultline', serviceVersion)), announce, shutdown };
};

/**
 * Counters and histograms are cumulative. OTLP's gauges are neither; but the SDK, asked for cumulative ones, repeats the last value of each that it ever saw,
 * with a fresh time, of what can't be measured any more or is gone.
 */
const createMetricExporter = (url: string, timeoutMillis: number): OTLPMetricExporter => {
  const exporter = new OTLPMetricExporter({ url, timeoutMillis });
  exporter.selectAggregationTemporality = (type) =>
    type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
  return exporter;
};

const startTraces = ({ settings, resource, failures }: Parts, perSecond: number, clock: Clock) => {
  if (settings.tracesUrl === null) return { tracer: () => noSpans, shutdown: nothingToEnd };
  const sampler = createRateLimitedSampler(perSecond, clock);
  const processor = new BatchSpanProcessor({
    exporter: watchExports(
      new OTLPTraceExporter({ url: settings.tracesUrl, timeoutMillis: settings.exportTimeoutMs }),
      'traces',
      () => failures,
    ),
    scheduledDelayMillis: settings.traceDelayMs,
    exportTimeoutMillis: settings.exportTimeoutMs,
    maxQueueSize: 8192,
  });
  const provider = new TracerProvider({
    resource,
    spanProcessors: [processor],
    sampler: new ParentBasedSampler({ root: perSecond === 0 ? new AlwaysOffSampler() : sampler }),
  });
  return { tracer: (name: string) => createSpans(provider.getTracer(name, serviceVersion), sampler), shutdown: () => provider.shutdown() };
};

const startLogs = ({ settings, resource, failures }: Parts) => {
  if (settings.logsUrl === null) return { otel: null, shutdown: nothingToEnd };
  const processor = new BatchLogRecordProcessor({
    exporter: watchExports(new OTLPLogExporter({ url: settings.logsUrl, timeoutMillis: settings.exportTimeoutMs }), 'logs', () => failures),
    scheduledDelayMillis: settings.logDelayMs,
    exportTimeoutMillis: settings.exportTimeoutMs,
    maxQueueSize: 8192,
  });
  const provider = new LoggerProvider({ resource, processors: [processor] });
  return { otel: provider.getLogger('faultline', serviceVersion), shutdown: () => provider.shutdown() };
};

const bounded = async (endings: readonly Promise<void>[]) => {
  const { promise: bound, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, shutdownBoundMs);
  await Promise.race([Promise.allSettled(endings), bound]);
  clearTimeout(timer);
};
