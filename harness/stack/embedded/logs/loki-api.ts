// Loki's HTTP API, as far as it is asked here. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { durationNanos } from '../go-duration.ts';
import { QueryRefused } from '../query-refused.ts';
import type { LogStore } from './log-store.ts';
import type { Labels } from './loki-record.ts';
import { evaluateMetric } from './logql/evaluate-metric.ts';
import { parseLogql, parseSelector } from './logql/parse.ts';
import { matches } from './logql/pipeline.ts';
import type { LogQuery, MetricQuery } from './logql/query.ts';
import { selectLogs } from './logql/select-logs.ts';

export type LokiOptions = { readonly logs: LogStore; readonly clock: Clock };

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

class BadParameter extends Error {}

const nanosPerMs = 1_000_000n;
const hourNano = 3_600_000_000_000n;
const maxEntries = 5_000;
const maxSteps = 11_000;

const one = (query: Query, name: string): string | undefined => {
  const value = query[name];
  const text = typeof value === 'string' ? value : value?.at(-1);
  return text === '' ? undefined : text;
};

/** A moment as Loki takes it: epoch nanoseconds (more than 10 digits), epoch seconds with a fraction, or RFC 3339. */
const momentNano = (query: Query, name: string, fallback: bigint): bigint => {
  const text = one(query, name);
  if (text === undefined) return fallback;
  if (/^\d{11,}$/.test(text)) return BigInt(text);
  if (/^\d+(\.\d+)?$/.test(text)) return BigInt(Math.round(Number(text) * 1e6)) * 1_000n;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new BadParameter(`could not parse '${name}' parameter: ${JSON.stringify(text)} is no moment`);
  return BigInt(ms) * nanosPerMs;
};

const limitOf = (query: Query): number => {
  const text = one(query, 'limit') ?? '100';
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new BadParameter(`limit must be a positive value, got ${JSON.stringify(text)}`);
  if (limit > maxEntries)
    throw new BadParameter(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${maxEntries})`);
  return limit;
};

const directionOf = (query: Query): 'forward' | 'backward' => {
  const text = (one(query, 'direction') ?? 'backward').toLowerCase();
  if (text === 'forward' || text === 'backward') return text;
  throw new BadParameter(`invalid direction ${JSON.stringify(text)}: forward or backward`);
};

const queryOf = (query: Query): LogQuery | MetricQuery => parseLogql(one(query, 'query') ?? '');

const compareNano = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);
const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));

const stats = { summary: {}, querier: {}, ingester: {} };

const streamsAnswer = (logs: LogStore, log: LogQuery, startNano: bigint, endNano: bigint, query: Query) => {
  const sign = directionOf(query) === 'forward' ? 1 : -1;
  const found = [...selectLogs(log, logs.entries(), startNano, endNano)]
    .sort((left, right) => sign * compareNano(left.entry.atNano, right.entry.atNano))
    .slice(0, limitOf(query));
  const groups = Map.groupBy(found, ({ labels }) => keyOf(labels));
  const result = [...groups.values()].map((entries) => ({
    stream: entries[0]?.labels ?? {},
    values: entries.map(({ entry }) => [String(entry.atNano), entry.line]),
  }));
  return { status: 'success', data: { resultType: 'streams', result, stats } };
};

const stepMsOf = (query: Query, rangeMs: number): number => {
  const text = one(query, 'step');
  if (text === undefined) return Math.max(1_000, Math.ceil(rangeMs / 250 / 1_000) * 1_000);
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : (durationNanos(text) ?? 0) / 1e6;
  if (!(ms > 0)) throw new BadParameter(`could not parse 'step' parameter: ${JSON.stringify(text)} is no duration above 0`);
  if (rangeMs / ms > maxSteps)
    throw new BadParameter(
      `exceeded maximum resolution of ${maxSteps} points per time series. Try increasing the value of the step parameter`,
    );
  return ms;
};

const matrixAnswer = (logs: LogStore, metric: MetricQuery, startMs: number, endMs: number, stepMs: number) => {
  const series = new Map<string, { metric: Labels; values: (readonly [number, string])[] }>();
  for (let atMs = startMs; atMs <= endMs; atMs += stepMs) {
    for (const { labels, value } of evaluateMetric(metric, () => logs.entries(), atMs)) {
      const key = keyOf(labels);
      const one = series.get(key) ?? { metric: labels, values: [] };
      one.values.push([atMs / 1_000, String(value)]);
      series.set(key, one);
    }
  }
  return { status: 'success', data: { resultType: 'matrix', result: [...series.values()], stats } };
};

const vectorAnswer = (logs: LogStore, metric: MetricQuery, atMs: number) => {
  const result = evaluateMetric(metric, () => logs.entries(), atMs).map(({ labels, value }) => ({
    metric: labels,
    value: [atMs / 1_000, String(value)],
  }));
  return { status: 'success', data: { resultType: 'vector', result, stats } };
};

const success = (data: unknown) => ({ status: 'success', data });

const answerBadRequest = async (error: Error, reply: FastifyReply): Promise<void> => {
  const isBad = error instanceof QueryRefused || error instanceof BadParameter;
  await reply
    .code(isBad ? 400 : ((error as { statusCode?: number }).statusCode ?? 500))
    .type('text/plain; charset=utf-8')
    .send(error.message);
};

export const lokiApi: FastifyPluginAsync<LokiOptions> = async (app, { logs, clock }) => {
  app.setErrorHandler(async (error, _request, reply) => answerBadRequest(error as Error, reply));
  const nowNano = (): bigint => BigInt(clock.now()) * nanosPerMs + nanosPerMs;
  const labelsInUse = (): readonly Labels[] => [...logs.streams()].map(({ labels }) => labels);

  app.get<{ Querystring: Query }>('/loki/api/v1/query_range', async ({ query }) => {
    const endNano = momentNano(query, 'end', nowNano());
    const startNano = momentNano(query, 'start', endNano - hourNano);
    if (startNano > endNano) throw new BadParameter('end timestamp must not be before or equal to start time');
    const parsed = queryOf(query);
    if (parsed.kind === 'log') return streamsAnswer(logs, parsed, startNano, endNano, query);
    const [startMs, endMs] = [Number(startNano / nanosPerMs), Number(endNano / nanosPerMs)];
    return matrixAnswer(logs, parsed, startMs, endMs, stepMsOf(query, endMs - startMs));
  });
  app.get<{ Querystring: Query }>('/loki/api/v1/query', async ({ query }) => {
    const parsed = queryOf(query);
    if (parsed.kind === 'log')
      throw new BadParameter('log queries are not supported as an instant query type, please change your query to a range query type');
    return vectorAnswer(logs, parsed, Number(momentNano(query, 'time', nowNano()) / nanosPerMs));
  });
  app.get('/loki/api/v1/labels', async () => success([...new Set(labelsInUse().flatMap((labels) => Object.keys(labels)))].sort()));
  app.get<{ Params: { name: string } }>('/loki/api/v1/label/:name/values', async ({ params }) =>
    success([...new Set(labelsInUse().flatMap((labels) => labels[params.name] ?? []))].sort()),
  );
  app.get<{ Querystring: Query }>('/loki/api/v1/series', async ({ query }) => {
    const selectors = [query['match[]'] ?? query['match'] ?? []].flat().map(parseSelector);
    const isWanted = (labels: Labels) =>
      selectors.length === 0 || selectors.some((list) => list.every((matcher) => matches(matcher, labels)));
    return success(labelsInUse().filter(isWanted));
  });
};
