// The embedded telemetry stack: OTLP/HTTP in; the query APIs of Prometheus, Tempo and Loki out; all in memory, all bounded.
import fastify from 'fastify';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { systemClock } from '../../engine/clock.ts';
import type { Clock } from '../../engine/clock.ts';
import { keptForMs } from './kept-for.ts';
import { isTail } from './logs/api/tail.ts';
import { createLogStore } from './logs/log-store.ts';
import type { LogLimits } from './logs/log-store.ts';
import { lokiApi } from './logs/loki-api.ts';
import { readLogs } from './otlp/read-logs.ts';
import { readTraces } from './otlp/read-traces.ts';
import { otlpRoutes } from './otlp/routes.ts';
import type { ExportSink } from './otlp/routes.ts';
import { ownOrigin } from './page/logic/page-config.ts';
import { dashboardPage } from './page/page.ts';
import type { PageOptions } from './page/page.ts';
import { createReceipts } from './receipts.ts';
import { statusRoutes } from './status.ts';
import { tempoApi } from './traces/tempo-api.ts';
import { createTraceStore } from './traces/trace-store.ts';
import type { TraceLimits } from './traces/trace-store.ts';

export type StackLimits = {
  readonly bodyLimitBytes: number;
  readonly concurrency: number;
  readonly traces: TraceLimits;
  readonly logs: LogLimits;
};

/** Where metrics go and are asked for. */
export type MetricBackend = {
  readonly sink: ExportSink;
  readonly api: FastifyPluginAsync;
  report(): { readonly dropped: number } & Readonly<Record<string, unknown>>;
  droppedSince(ms: number): number;
};

const mebibyte = 2 ** 20;

/** Enough for a run of minutes (a soak of an hour asks for fewer traces), and small enough that the process stays under 200 MB. */
export const defaultLimits: StackLimits = {
  bodyLimitBytes: 8 * mebibyte,
  concurrency: 64,
  traces: { maxBytes: 64 * mebibyte, maxTraces: 50_000, maxSpansPerTrace: 2_000, maxAgeMs: keptForMs },
  logs: { maxBytes: 24 * mebibyte, maxEntries: 50_000, maxLineBytes: 256 * 1_024, maxAgeMs: keptForMs },
};

export type StackOptions = {
  readonly metrics: MetricBackend;
  readonly clock?: Clock;
  readonly limits?: Partial<StackLimits>;
  /** Of the dashboards' page; without it the page asks this very server, and takes it that samples come every second. */
  readonly page?: PageOptions;
};

/** For a whole request to come in: a sender that stopped in the middle of one must not keep its place. Exporters give up after ten seconds. */
const requestTimeoutMs = 60_000;

const ownPage: PageOptions = { config: { backends: ownOrigin, timeIntervalSeconds: 1 } };

/** The server, not yet listening. Whoever asked for it closes it. */
export const createStack = async ({
  metrics,
  clock = systemClock,
  limits = {},
  page = ownPage,
}: StackOptions): Promise<FastifyInstance> => {
  const bounds = { ...defaultLimits, ...limits };
  const receipts = createReceipts();
  const traces = createTraceStore(bounds.traces);
  const logs = createLogStore(bounds.logs);
  const app = fastify({
    bodyLimit: bounds.bodyLimitBytes,
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    http: { shouldUpgradeCallback: isTail },
  });

  await app.register(otlpRoutes, {
    sinks: {
      metrics: metrics.sink,
      traces: (request, receivedAtMs) => traces.add(readTraces(request), receivedAtMs),
      logs: (request, receivedAtMs) => logs.add(readLogs(request), receivedAtMs),
    },
    receipts,
    clock,
    bodyLimitBytes: bounds.bodyLimitBytes,
    concurrency: bounds.concurrency,
  });
  await app.register(tempoApi, { traces, clock });
  await app.register(lokiApi, { logs, clock });
  await app.register(metrics.api);
  await app.register(dashboardPage, page);
  await app.register(statusRoutes, { receipts, traces, logs, metrics, clock });
  return app;
};
