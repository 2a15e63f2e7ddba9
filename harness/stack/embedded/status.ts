// What this process says of itself: ready, and what it has received, keeps and had to drop.
import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../../engine/clock.ts';
import type { LogStore } from './logs/log-store.ts';
import type { Receipts } from './receipts.ts';
import type { MetricBackend } from './stack.ts';
import type { TraceStore } from './traces/trace-store.ts';

export type StatusOptions = {
  readonly receipts: Receipts;
  readonly traces: TraceStore;
  readonly logs: LogStore;
  readonly metrics: Pick<MetricBackend, 'report' | 'droppedSince'>;
  readonly clock: Clock;
};

/** `dropped` sums all that had to go for a limit: metric samples, spans, log entries; with `?since=` (epoch milliseconds) `droppedSince` those that came at that time or later. */
export const statusRoutes: FastifyPluginAsync<StatusOptions> = async (app, { receipts, traces, logs, metrics, clock }) => {
  const startedAt = clock.now();
  const droppedSince = (ms: number) => [metrics, traces, logs].reduce((sum, store) => sum + store.droppedSince(ms), 0);
  app.get('/ready', async (_request, reply) => reply.type('text/plain').send('ready\n'));
  app.get('/-/ready', async (_request, reply) => reply.type('text/plain').send('ready\n'));
  app.get<{ Querystring: { since?: string } }>('/embedded/status', async ({ query: { since } }, reply) => {
    if (since !== undefined && !/^\d{1,15}$/.test(since))
      return await reply
        .code(400)
        .send({ error: `since must be a time in epoch milliseconds, not ${JSON.stringify(since).slice(0, 100)}` });
    const kept = { metrics: metrics.report(), traces: traces.report(), logs: logs.report() };
    return {
      startedAt: new Date(startedAt).toISOString(),
      received: receipts.report(),
      kept,
      dropped: kept.metrics.dropped + kept.traces.droppedSpans + kept.logs.droppedEntries,
      ...(since === undefined ? {} : { droppedSince: droppedSince(Number(since)) }),
      memory: process.memoryUsage(),
    };
  });
};
