// The export of the books without a network: what it hands to its exporter, and when.
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { expect, test, vi } from 'vitest';
import { signals } from '../contract/signals.ts';
import type { BookEntry } from './accounting.ts';
import { createAccountingExport } from './accounting-export.ts';
import type { ExportFailures } from './export-failures.ts';

const appended = (value: number): BookEntry => ({ signal: signals.logAppended, attributes: { 'faultline.lane': 0 }, value });

/** `answer`: what becomes of each export, in turn; time passes by `pass` alone. */
const start = (answer: (done: (result: ExportResult) => void) => void) => {
  let nowMs = 5000;
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  const exported: ResourceMetrics[] = [];
  const failed = vi.fn<ExportFailures['failed']>();
  const exporter = {
    export: (metrics: ResourceMetrics, done: (result: ExportResult) => void) => {
      exported.push(metrics);
      answer(done);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  } satisfies PushMetricExporter;
  const accounting = createAccountingExport({
    exporter,
    timeoutMs: 1000,
    failures: { failed, counts: { metrics: 0, traces: 0, logs: 0 } },
    resource: emptyResource(),
    clock: {
      nowMs: () => nowMs,
      sleep: (delayMs, signal) =>
        new Promise((resolve, reject) => {
          sleepers.push({ untilMs: nowMs + delayMs, wake: resolve });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
    booksStartedAtMs: 0,
  });
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const pass = async (delayMs: number) => {
    nowMs += delayMs;
    const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
    sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const { wake } of due) wake();
    await settle();
  };
  /** Of each export in turn. */
  const valuesOf = (name: string) =>
    exported.map(({ scopeMetrics }) =>
      scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value)),
    );
  return { accounting, failed, pass, valuesOf };
};

test('an export that nobody answers is given up in time, counted once, and does not keep the next one', async () => {
  const dones: ((result: ExportResult) => void)[] = [];
  const { accounting, failed, pass, valuesOf } = start((done) => void dones.push(done));
  const first = accounting.push({ readAtMs: 5000, entries: [appended(1)] });
  await pass(1400);
  void accounting.push({ readAtMs: 6400, entries: [appended(2)] });
  expect(valuesOf('faultline.log.appended')).toEqual([[1]]);
  await pass(200);
  expect(valuesOf('faultline.log.appended')).toEqual([[1], [2]]);
  expect(failed.mock.calls.map(([signal, error]) => [signal, String(error)])).toEqual([['metrics', expect.stringContaining('1500 ms')]]);
  // What comes after all changes nothing.
  dones[0]!({ code: ExportResultCode.FAILED, error: new Error('connect ETIMEDOUT') });
  dones[1]!({ code: ExportResultCode.SUCCESS });
  await first;
  await pass(60_000);
  expect(failed).toHaveBeenCalledTimes(1);
});

const progress = (version: number, value: number): BookEntry => ({
  signal: signals.rebuildProgress,
  attributes: { 'faultline.processor': 'timelines', 'faultline.processor.version': version },
  value,
});

const consumerLag = (consumer: string, value: number): BookEntry => ({
  signal: signals.consumerLag,
  attributes: { 'faultline.consumer': consumer },
  value,
});

test('of what ends with its labels nothing more is said, where 0 would be false', async () => {
  const { accounting, valuesOf } = start((done) => done({ code: ExportResultCode.SUCCESS }));
  await accounting.push({ readAtMs: 5000, entries: [progress(1, 1), consumerLag('billing', 7)] });
  await accounting.push({ readAtMs: 5000, entries: [progress(2, 0.1)] });
  await accounting.push({ readAtMs: 5000, entries: [progress(2, 0.2), consumerLag('billing', 8)] });
  expect(valuesOf('faultline.rebuild.progress')).toEqual([[1], [0.1], [0.2]]);
  expect(valuesOf('faultline.consumer.lag')).toEqual([[7], [], [8]]);
});
