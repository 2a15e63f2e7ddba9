// Sets up the telemetry of one process: metrics, traces and logs over OTLP/HTTP (JSON) where the standard OTEL_* variables ask for it, else only
// log lines on stdout. Export never blocks or breaks the process.
import { createNoopMeter } from '@opentelemetry/api';
import { settings as systemSettings } from '../contract/environment.ts';
import { signals } from '../contract/signals.ts';
import { type Clock, systemClock } from './clock.ts';
import { createExportFailures, type ExportFailures } from './export-failures.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { createLogger, type Logger } from './logger.ts';
import type { OtlpParts } from './otlp.ts';
import { noSpans, type Spans } from './spans.ts';
import { createStdoutWriter } from './stdout-writer.ts';
import { parseTelemetrySettings, type TelemetryEnvironment } from './telemetry-settings.ts';

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

export const startTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { clock = systemClock, write = createStdoutWriter({ clock }) } = options;
  const settings = parseTelemetrySettings(options.environment);
  const names = { ...settings, instance: options.instance, serviceName: settings.serviceName ?? `faultline-${options.process}` };
  const debug = options.environment['OTEL_LOG_LEVEL']?.toLowerCase() === 'debug';
  // Failures are told on stdout alone: a record about a failed export must not be one more export.
  const failures = createExportFailures(createLogger({ write, clock, otel: null }), clock, (signal) => {
    failureCounter.add(1, { 'faultline.telemetry.signal': signal });
  });
  const parts = { settings, names, failures };
  const metrics = await startMetrics(parts, seriesOfAll + seriesOfTenant * (options.tenantLabels ?? 0));
  const traces = await startTraces(parts, tracesPerSecond(options), clock);
  const logs = await startLogs(parts);
  const instruments = createInstruments(metrics.meter);
  const failureCounter = instruments.counter(
    signals.telemetryExportFailures,
    ['metrics', 'traces', 'logs'].map((signal) => ({ 'faultline.telemetry.signal': signal })),
  );
  const logger = createLogger({ write, clock, otel: logs.otel, debug });
  for (const problem of settings.problems) logger.warn(problem, {}, { eventName: 'faultline.telemetry.setting_ignored' });
  let ended: Promise<void> | null = null;
  return {
    instruments,
    tracer: traces.tracer,
    logger,
    exportFailures: failures,
    announce: metrics.announce,
    shutdown: () => (ended ??= bounded([metrics.shutdown(), traces.shutdown(), logs.shutdown()])),
  };
};

const nothingToEnd = () => Promise.resolve();
const nothingToSay = () => {};

const tracesPerSecond = ({ tracesPerSecond: given, environment }: TelemetryOptions) => {
  const value = given ?? Number(environment[systemSettings.traceSampleRate.name] ?? systemSettings.traceSampleRate.fallback);
  return Number.isFinite(value) && value >= 0 ? value : Number(systemSettings.traceSampleRate.fallback);
};

const startMetrics = async (parts: OtlpParts, mostSeries: number) => {
  const { metricsUrl } = parts.settings;
  if (metricsUrl === null) return { meter: createNoopMeter(), announce: nothingToSay, shutdown: nothingToEnd };
  return (await import('./otlp.ts')).startMetrics(parts, metricsUrl, mostSeries);
};

const startTraces = async (parts: OtlpParts, perSecond: number, clock: Clock) => {
  const { tracesUrl } = parts.settings;
  if (tracesUrl === null) return { tracer: () => noSpans, shutdown: nothingToEnd };
  return (await import('./otlp.ts')).startTraces(parts, tracesUrl, perSecond, clock);
};

const startLogs = async (parts: OtlpParts) => {
  const { logsUrl } = parts.settings;
  if (logsUrl === null) return { otel: null, shutdown: nothingToEnd };
  return (await import('./otlp.ts')).startLogs(parts, logsUrl);
};

const bounded = async (endings: readonly Promise<void>[]) => {
  const { promise: bound, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, shutdownBoundMs);
  await Promise.race([Promise.allSettled(endings), bound]);
  clearTimeout(timer);
};
