// Watches the exporters: a failed export is counted and told at most once a minute; it never throws into the process and never waits for it.
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Clock } from './clock.ts';
import { errorAttributes } from './error-attributes.ts';
import type { Logger } from './logger.ts';

export type ExportSignal = 'metrics' | 'traces' | 'logs';

export type ExportFailures = {
  failed(signal: ExportSignal, error: unknown): void;
  readonly counts: Readonly<Record<ExportSignal, number>>;
};

const quietMs = 60_000;

/** `logger` writes to stdout alone: a record about a failed export must not become another export. */
export const createExportFailures = (logger: Logger, clock: Clock, count: (signal: ExportSignal) => void): ExportFailures => {
  const counts = { metrics: 0, traces: 0, logs: 0 };
  let toldAtMs: number | null = null;
  return {
    counts,
    failed: (signal, error) => {
      counts[signal] += 1;
      count(signal);
      if (toldAtMs !== null && clock.nowMs() - toldAtMs < quietMs) return;
      toldAtMs = clock.nowMs();
      const attributes = { ...errorAttributes(error), 'faultline.telemetry.signal': signal, ...totals(counts) };
      logger.warn('an export over OTLP failed; more of them are counted and told once a minute', attributes, {
        eventName: 'faultline.telemetry.export_failed',
      });
    },
  };
};

const totals = (counts: Record<ExportSignal, number>) =>
  Object.fromEntries(Object.entries(counts).map(([signal, count]) => [`failures.${signal}`, count]));

export type Exporter<Items> = { export(items: Items, done: (result: ExportResult) => void): void };

/** Tells each failure; the exporter is otherwise left as it is. */
export const watchExports = <Items, E extends Exporter<Items>>(
  exporter: E & Exporter<Items>,
  signal: ExportSignal,
  failures: () => ExportFailures,
): E => {
  const original = exporter.export.bind(exporter);
  exporter.export = (items: Items, done: (result: ExportResult) => void) => {
    original(items, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) failures().failed(signal, result.error ?? new Error('the receiver gave no reason'));
      done(result);
    });
  };
  return exporter;
};
