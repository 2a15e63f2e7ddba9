// Tempo's HTTP API, as far as it is asked here: trace by id, search by TraceQL, names of tags. https://grafana.com/docs/tempo/latest/api_docs/
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { durationNanos } from '../go-duration.ts';
import { QueryRefused } from '../query-refused.ts';
import { searchTraces, tagNames, tagValues } from './search.ts';
import type { SearchRequest } from './search.ts';
import { resourceSpansJson } from './tempo-json.ts';
import type { TraceStore } from './trace-store.ts';
import { parseTraceql } from './traceql/parse.ts';

export type TempoOptions = { readonly traces: TraceStore; readonly clock: Clock };

type Query = Readonly<Record<string, string | undefined>>;

class BadParameter extends Error {}

const integer = (query: Query, name: string, fallback: number, minimum: number, maximum: number): number => {
  const text = query[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new BadParameter(`invalid ${name}: ${JSON.stringify(text)} is no integer from ${minimum} to ${maximum}`);
};

const nanos = (query: Query, name: string, fallback: number): number => {
  const text = query[name];
  if (text === undefined || text === '') return fallback;
  const value = durationNanos(text);
  if (value !== null) return value;
  throw new BadParameter(`invalid ${name}: ${JSON.stringify(text)} is no duration like 100ms or 1.5s`);
};

const quoted = (value: string): string => (value.startsWith('"') ? value : JSON.stringify(value));

/** Tempo's older way of asking: tags in logfmt, all of which must be on one span. */
const tagsQuery = (tags: string): string => {
  const pairs = [...tags.matchAll(/([^\s=]+)=("(?:[^"\\]|\\.)*"|\S*)/g)];
  const conditions = pairs.map(([, key = '', value = '']) => `${key === 'name' ? 'name' : `.${key}`} = ${quoted(value)}`);
  return `{ ${conditions.join(' && ')} }`;
};

const traceqlOf = (query: Query): string => {
  if (query['q'] !== undefined && query['q'] !== '') return query['q'];
  return query['tags'] === undefined ? '{}' : tagsQuery(query['tags']);
};

const hourSeconds = 3_600;

const searchRequest = (query: Query, nowMs: number): SearchRequest => {
  const end = integer(query, 'end', Math.ceil(nowMs / 1_000) + 1, 0, 2 ** 40);
  const start = integer(query, 'start', end - hourSeconds, 0, 2 ** 40);
  if (start > end) throw new BadParameter(`invalid start: ${start} is after end ${end}`);
  return {
    query: parseTraceql(traceqlOf(query)),
    startNano: BigInt(start) * 1_000_000_000n,
    endNano: BigInt(end) * 1_000_000_000n,
    limit: integer(query, 'limit', 20, 1, 100_000),
    spansPerSpanSet: integer(query, 'spss', 3, 1, 10_000),
    minDurationNanos: nanos(query, 'minDuration', 0),
    maxDurationNanos: nanos(query, 'maxDuration', Infinity),
  };
};

/** Tempo takes an id with its leading zeros left out, too. */
const traceIdOf = (text: string): string => {
  if (/^[0-9a-fA-F]{1,32}$/.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new BadParameter(`trace ids are up to 32 hex digits, got ${JSON.stringify(text)}`);
};

const answerBadRequest = async (error: Error, reply: FastifyReply): Promise<void> => {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (error instanceof QueryRefused) await reply.code(400).type('text/plain').send(`invalid TraceQL query: ${error.message}`);
  else
    await reply
      .code(error instanceof BadParameter ? 400 : status)
      .type('text/plain')
      .send(error.message);
};

export const tempoApi: FastifyPluginAsync<TempoOptions> = async (app, { traces, clock }) => {
  app.setErrorHandler(async (error, _request, reply) => answerBadRequest(error as Error, reply));
  app.get('/api/echo', async (_request, reply) => reply.type('text/plain').send('echo'));

  app.get<{ Params: { id: string } }>('/api/traces/:id', async (request, reply) => {
    const trace = traces.get(traceIdOf(request.params.id));
    if (trace === undefined) return reply.code(404).type('text/plain').send('');
    return { batches: resourceSpansJson(trace) };
  });
  app.get<{ Params: { id: string } }>('/api/v2/traces/:id', async (request, reply) => {
    const trace = traces.get(traceIdOf(request.params.id));
    if (trace === undefined) return reply.code(404).type('text/plain').send('');
    return { trace: { resourceSpans: resourceSpansJson(trace) }, metrics: {} };
  });

  app.get<{ Querystring: Query }>('/api/search', async (request) => searchTraces(traces.all(), searchRequest(request.query, clock.now())));
  app.get('/api/search/tags', async () => {
    const names = tagNames(traces.all());
    return { tagNames: [...new Set([...names.resource, ...names.span])].sort() };
  });
  app.get('/api/v2/search/tags', async () => {
    const names = tagNames(traces.all());
    return {
      scopes: [
        { name: 'resource', tags: names.resource },
        { name: 'span', tags: names.span },
      ],
    };
  });
  app.get<{ Params: { name: string } }>('/api/search/tag/:name/values', async (request) => ({
    tagValues: tagValues(traces.all(), request.params.name),
  }));
};
