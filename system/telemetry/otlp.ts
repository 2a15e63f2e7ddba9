// Metrics, traces and logs over OTLP/HTTP (JSON). The SDK and its exporters are some two hundred modules: a process that exports nothing does not load this one.
import type { Logger as OtelLogger, Meter } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, InstrumentType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Clock } from './clock.ts';
import { type ExportFailures, watchExports } from './export-failures.ts';
import { createRateLimitedSampler } from './rate-limited-sampler.ts';
import { processResource, type ResourceNames } from './resource.ts';
import { serviceVersion } from './service-version.ts';
import { createSpans, type Spans } from './spans.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

export type OtlpParts = { readonly settings: TelemetrySettings; readonly names: ResourceNames; readonly failures: ExportFailures };

/** Where nobody announces them, the first export comes this soon. */
const firstExportMs = 200;

// Every failed export is counted where it fails; the SDK's own handler would print it a second time.
setGlobalErrorHandler(() => {});

export const startMetrics = (
  { settings, names, failures }: OtlpParts,
  metricsUrl: string,
  mostSeries: number,
): { readonly meter: Meter; readonly announce: () => void; readonly shutdown: () => Promise<void> } => {
  // Within one interval: metrics are cumulative, so a late copy is worth less than the next one.
  const timeoutMillis = Math.min(settings.exportTimeoutMs, settings.exportIntervalMs);
  const reader = new PeriodicExportingMetricReader({
    exporter: watchExports(createMetricExporter(metricsUrl, timeoutMillis), 'metrics', () => failures),
    exportIntervalMillis: settings.exportIntervalMs,
    exportTimeoutMillis: timeoutMillis,
    cardinalityLimits: { default: mostSeries },
  });
  const provider = new MeterProvider({ resource: processResource(names), readers: [reader] });
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
  return { meter: provider.getMeter('faultline', serviceVersion), announce, shutdown };
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

export const startTraces = (
  { settings, names, failures }: OtlpParts,
  tracesUrl: string,
  perSecond: number,
  clock: Clock,
): { readonly tracer: (name: string) => Spans; readonly shutdown: () => Promise<void> } => {
  const sampler = createRateLimitedSampler(perSecond, clock);
  const processor = new BatchSpanProcessor({
    exporter: watchExports(new OTLPTraceExporter({ url: tracesUrl, timeoutMillis: settings.exportTimeoutMs }), 'traces', () => failures),
    scheduledDelayMillis: settings.traceDelayMs,
    exportTimeoutMillis: settings.exportTimeoutMs,
    maxQueueSize: 8192,
  });
  const provider = new TracerProvider({
    resource: processResource(names),
    spanProcessors: [processor],
    sampler: new ParentBasedSampler({ root: perSecond === 0 ? new AlwaysOffSampler() : sampler }),
  });
  return { tracer: (name: string) => createSpans(provider.getTracer(name, serviceVersion), sampler), shutdown: () => provider.shutdown() };
};

export const startLogs = (
  { settings, names, failures }: OtlpParts,
  logsUrl: string,
): { readonly otel: OtelLogger; readonly shutdown: () => Promise<void> } => {
  const processor = new BatchLogRecordProcessor({
    exporter: watchExports(new OTLPLogExporter({ url: logsUrl, timeoutMillis: settings.exportTimeoutMs }), 'logs', () => failures),
    scheduledDelayMillis: settings.logDelayMs,
    exportTimeoutMillis: settings.exportTimeoutMs,
    maxQueueSize: 8192,
  });
  const provider = new LoggerProvider({ resource: processResource(names), processors: [processor] });
  return { otel: provider.getLogger('faultline', serviceVersion), shutdown: () => provider.shutdown() };
};
