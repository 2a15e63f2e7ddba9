// Metrics: into the metric store under Prometheus' names, out by Prometheus' API.
import type { Clock } from '../../engine/clock.ts';
import type { DropCounts } from './metrics/limits.ts';
import { createMetricStore } from './metrics/metric-store.ts';
import type { DecodedResourceMetrics } from './otlp-metric-types.ts';
import { countPoints } from './otlp/count-points.ts';
import { readList, readRecord } from './otlp/read-value.ts';
import { prometheusApi } from './prometheus-api.ts';
import { createRuleService, noRules } from './rule-service.ts';
import type { MetricBackend } from './stack.ts';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

const maxStoreBytes = 64 * 2 ** 20;

/** A sample sent twice is a retry, and one that grew too old has had its time: neither is a loss. */
const lossesOf = ({ duplicate: _duplicate, retention: _retention, ...losses }: Readonly<DropCounts>): readonly number[] =>
  Object.values(losses);

/** Rules are evaluated from when the server is ready until it closes. */
export const metricBackend = (clock: Clock, settings = noRules): MetricBackend => {
  const store = createMetricStore({ maxBytes: maxStoreBytes });
  const rules = createRuleService(settings, store, clock);
  return {
    sink(request, receivedAtMs) {
      // Counting reads the outer form strictly; single points that are wrong are the store's to reject.
      const services = countPoints(request);
      const blocks = readList(readRecord(request, '')['resourceMetrics'], 'resourceMetrics') as readonly DecodedResourceMetrics[];
      const { rejectedPoints, message } = store.ingest(blocks, receivedAtMs);
      return { accepted: sum(services.values()) - rejectedPoints, rejected: rejectedPoints, message, services };
    },
    api: async (app) => {
      rules.attach(app);
      await app.register(prometheusApi(store, clock, { rules, defaultSubqueryStepMs: settings.intervalMs }));
    },
    droppedSince: store.droppedSince,
    report: () => {
      const { drops, ...kept } = store.report();
      return { ...kept, drops, dropped: sum(lossesOf(drops)), rules: rules.report() };
    },
  };
};
