// Metrics: into the metric store under Prometheus' names, out by Prometheus' API.
import type { FastifyPluginAsync } from 'fastify';
import type { Clock } from '../../engine/clock.ts';
import type { DropCounts } from './metrics/limits.ts';
import { createMetricStore } from './metrics/metric-store.ts';
import type { DecodedResourceMetrics } from './otlp-metric-types.ts';
import { countPoints } from './otlp/count-points.ts';
import { readList, readRecord } from './otlp/read-value.ts';
import { prometheusApi } from './prometheus-api.ts';
import type { RuleSettings } from './rule-options.ts';
import type { RulesEngine } from './rules/rules-engine.ts';
import { createRulesEngine } from './rules/rules-engine.ts';
import type { MetricBackend } from './stack.ts';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

const maxStoreBytes = 64 * 2 ** 20;

/** A sample sent twice is a retry, and one that grew too old has had its time: neither is a loss. */
const lossesOf = ({ duplicate: _duplicate, retention: _retention, ...losses }: Readonly<DropCounts>): readonly number[] =>
  Object.values(losses);

/** Hooks reach the whole server: this must not be a scope of its own. */
const withRules = (api: FastifyPluginAsync, rules: RulesEngine, clock: Clock): FastifyPluginAsync => {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return async (app, options) => {
    await app.register(api, options);
    app.addHook('onReady', async () => void (running = rules.run(clock, stop.signal)));
    app.addHook('onClose', async () => {
      stop.abort();
      await running;
    });
  };
};

const noRules: RuleSettings = { groups: [], intervalMs: 60_000, externalLabels: {}, webhooks: [] };

/** Rules are evaluated from when the server is ready until it closes. */
export const metricBackend = (clock: Clock, settings = noRules): MetricBackend => {
  const store = createMetricStore({ maxBytes: maxStoreBytes });
  const { groups, intervalMs, externalLabels } = settings;
  const rules = createRulesEngine({ groups, intervalMs, externalLabels, store, nowMs: () => clock.now() });
  const api = prometheusApi(store, clock, { rules: { statuses: rules.statuses, receivers: () => settings.webhooks } });
  return {
    sink(request, receivedAtMs) {
      // Counting reads the outer form strictly; single points that are wrong are the store's to reject.
      const services = countPoints(request);
      const blocks = readList(readRecord(request, '')['resourceMetrics'], 'resourceMetrics') as readonly DecodedResourceMetrics[];
      const { rejectedPoints, message } = store.ingest(blocks, receivedAtMs);
      return { accepted: sum(services.values()) - rejectedPoints, rejected: rejectedPoints, message, services };
    },
    api: withRules(api, rules, clock),
    report: () => {
      const { drops, ...kept } = store.report();
      return { ...kept, drops, dropped: sum(lossesOf(drops)), rules: rules.report() };
    },
  };
};
