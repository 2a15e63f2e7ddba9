// /api/metrics/query_range and /api/metrics/query: TraceQL metrics, in the JSON that Tempo makes of its protobuf messages.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { QueryRefused } from '../query-refused.ts';
import { queryMetrics } from './metrics-query.ts';
import type { MetricsAnswer, MetricsRequest } from './metrics-query.ts';
import { createPace, queryLimits } from './query-pace.ts';
import { withoutDefaults } from './tempo-json.ts';
import { BadRequest, metricsWindow, stepNano, textOf, unsigned } from './tempo-parameters.ts';
import type { Query } from './tempo-parameters.ts';
import type { TraceStore } from './trace-store.ts';
import { defaultStepNano, instantInterval, rangeIntervals } from './traceql/metrics/intervals.ts';
import type { Intervals } from './traceql/metrics/intervals.ts';
import type { Exemplar, Label } from './traceql/metrics/series.ts';
import { parseTraceql } from './traceql/parse.ts';
import { valueJson } from './traceql/value.ts';

const maxIntervals = 10_000n;
const maxExemplars = 100;

const metricsQueryOf = (query: Query): MetricsRequest['query'] => {
  const text = textOf(query, 'q') || textOf(query, 'query');
  const parsed = parseTraceql(text);
  if (parsed.metrics === null) throw new BadRequest('not a metrics query');
  return { ...parsed, metrics: parsed.metrics };
};

const rangeOf = (query: Query, nowMs: number): Intervals => {
  const { startNano, endNano } = metricsWindow(query, nowMs);
  const step = stepNano(query) ?? defaultStepNano(endNano - startNano);
  if ((endNano - startNano) / step > maxIntervals)
    throw new BadRequest(
      `step of ${Number(step) / 1e9}s is too small, minimum step for given range is ${Number((endNano - startNano) / maxIntervals) / 1e9}s`,
    );
  return rangeIntervals(startNano, endNano, step);
};

/** An end in the future comes back by whole seconds. */
const instantOf = (query: Query, nowMs: number): Intervals => {
  const { startNano, endNano } = metricsWindow(query, nowMs);
  const over = endNano - BigInt(nowMs) * 1_000_000n;
  const end = over > 0n ? endNano - ((over + 999_999_999n) / 1_000_000_000n) * 1_000_000_000n : endNano;
  if (end <= startNano) throw new BadRequest('query window falls entirely within query_end_cutoff');
  return instantInterval(startNano, end);
};

/** The query's hint before the parameter. */
const exemplarsOf = ({ hints }: MetricsRequest['query'], query: Query): number => {
  const hint = hints.get('exemplars');
  if (hint?.type === 'boolean' && !hint.value) return 0;
  const asked = hint?.type === 'int' ? Math.max(0, Number(hint.value)) : unsigned(query, 'exemplars', 0) || maxExemplars;
  return Math.min(asked, maxExemplars);
};

const labelsJson = (labels: readonly Label[]) => labels.map(([key, value]) => ({ key, value: valueJson(value) }));

const finite = (value: number): number | string =>
  Number.isFinite(value) ? value : value > 0 ? 'Infinity' : value < 0 ? '-Infinity' : 'NaN';

const exemplarJson = ({ labels, value, timestampMs }: Exemplar) =>
  withoutDefaults({ labels: labelsJson(labels), value: finite(value), timestampMs: String(timestampMs) });

const metricsJson = ({ inspectedTraces, inspectedSpans }: MetricsAnswer) =>
  withoutDefaults({ inspectedTraces, inspectedSpans: String(inspectedSpans), completedJobs: 1, totalJobs: 1 });

const rangeJson = (answer: MetricsAnswer, intervals: Intervals) => {
  const series = answer.series.map(({ labels, values, exemplars }) => ({
    labels: labelsJson(labels),
    samples: values.flatMap((value, step) =>
      Number.isNaN(value) ? [] : [withoutDefaults({ timestampMs: String(intervals.timestampMs(step)), value: finite(value) })],
    ),
    exemplars: exemplars.map(exemplarJson),
  }));
  return withoutDefaults({
    series: series.filter(({ samples }) => samples.length > 0).map(withoutDefaults),
    metrics: metricsJson(answer),
  });
};

const instantJson = (answer: MetricsAnswer) =>
  withoutDefaults({
    series: answer.series.flatMap(({ labels, values: [value = Number.NaN] }) =>
      Number.isNaN(value) ? [] : [withoutDefaults({ labels: labelsJson(labels), value: finite(value) })],
    ),
    metrics: metricsJson(answer),
  });

type Asked = FastifyRequest<{ Querystring: Query }>;

const orRefused = <Result>(read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (error instanceof QueryRefused) throw new BadRequest(error.message, { cause: error });
    throw error;
  }
};

export const metricsRoutes: FastifyPluginAsync<{ readonly traces: TraceStore; readonly clock: Clock }> = async (app, { traces, clock }) => {
  app.get('/api/metrics/query_range', async ({ query }: Asked) => {
    const asked = orRefused(() => metricsQueryOf(query));
    const intervals = rangeOf(query, clock.now());
    const request = { query: asked, intervals, maxExemplars: exemplarsOf(asked, query) };
    return rangeJson(await queryMetrics(traces.all(), request, createPace(clock.now, queryLimits)), intervals);
  });
  app.get('/api/metrics/query', async ({ query }: Asked) => {
    const request = { query: orRefused(() => metricsQueryOf(query)), intervals: instantOf(query, clock.now()), maxExemplars: 0 };
    return instantJson(await queryMetrics(traces.all(), request, createPace(clock.now, queryLimits)));
  });
};
