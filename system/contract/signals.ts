// The one signal catalogue: every metric that the system exports, with what it means and how Prometheus names it.
// Code, budgets, dashboards and alerts are checked against it; nothing exports a metric that is not here.
import { bookSignals } from './signals/book-signals.ts';
import { importSignals } from './signals/import-signals.ts';
import { consumerSignals } from './signals/consumer-signals.ts';
import { logSignals } from './signals/log-signals.ts';
import { ingestSignals } from './signals/ingest-signals.ts';
import { processSignals } from './signals/process-signals.ts';
import { schemaSignals } from './signals/schema-signals.ts';
import { rebuildSignals } from './signals/rebuild-signals.ts';
import { tenantSignals } from './signals/tenant-signals.ts';
import type { Signal } from './signals/signal.ts';
import { udpSignals } from './signals/udp-signals.ts';
import { workerSignals } from './signals/worker-signals.ts';

export type { Signal } from './signals/signal.ts';

export const signals = {
  ...ingestSignals,
  ...udpSignals,
  ...schemaSignals,
  ...tenantSignals,
  ...workerSignals,
  ...processSignals,
  ...bookSignals,
  ...importSignals,
  ...rebuildSignals,
  ...consumerSignals,
  ...logSignals,
} as const satisfies Record<string, Signal>;

export type SignalKey = keyof typeof signals;

/** A signal of the catalogue: never one made elsewhere. */
export type CataloguedSignal = (typeof signals)[SignalKey];

/** Histogram buckets in seconds, fine enough for a p99 around the budgets (5 ms to 60 s). */
export const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5,
  10, 15, 30, 60,
] as const;

/** Histogram buckets for things that are counted, such as events in a commit. */
export const countBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] as const;
