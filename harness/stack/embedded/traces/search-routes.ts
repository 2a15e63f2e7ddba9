// /api/search: by TraceQL, or by tags in logfmt as in Tempo's early days.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { createPace, queryLimits } from './query-pace.ts';
import { searchTraces } from './search.ts';
import type { SearchRequest } from './search.ts';
import { attributesShown } from './span-attributes.ts';
import { readTags, selectByTags } from './tag-search.ts';
import { BadRequest, durationMs, secondsWindow, textOf, unsigned } from './tempo-parameters.ts';
import type { Query } from './tempo-parameters.ts';
import type { TraceStore } from './trace-store.ts';
import { compilePipeline } from './traceql/evaluate.ts';
import { parseTraceql } from './traceql/parse.ts';

const maxLimit = 256 * 1_024;
const maxSpansPerSpanSet = 100;

const tagsOf = (query: Query): ReadonlyMap<string, string> => {
  try {
    return readTags(textOf(query, 'tags'));
  } catch (error) {
    throw new BadRequest((error as Error).message, { cause: error });
  }
};

const byTags = (query: Query): Pick<SearchRequest, 'select' | 'show'> => {
  const minDurationMs = durationMs(query, 'minDuration', 0);
  const maxDurationMs = durationMs(query, 'maxDuration', Infinity);
  if (minDurationMs > maxDurationMs) throw new BadRequest('invalid maxDuration: must be greater than minDuration');
  return { select: selectByTags({ tags: tagsOf(query), minDurationMs, maxDurationMs }), show: null };
};

const byTraceql = (text: string): Pick<SearchRequest, 'select' | 'show'> => {
  const query = parseTraceql(text);
  return { select: compilePipeline(query.stages), show: attributesShown(query) };
};

export const searchRequest = (query: Query): SearchRequest => {
  const traceql = textOf(query, 'q');
  if (traceql !== '' && query['tags'] !== undefined) throw new BadRequest("invalid request: can't specify tags and q in the same query");
  const window = secondsWindow(query);
  const tags = byTags(query);
  const limit = unsigned(query, 'limit', 20);
  if (limit === 0) throw new BadRequest('invalid limit: must be a positive number');
  if (limit > maxLimit) throw new BadRequest(`limit ${limit} exceeds max limit ${maxLimit}`);
  const spansPerSpanSet = unsigned(query, 'spss', 3);
  if (spansPerSpanSet > maxSpansPerSpanSet)
    throw new BadRequest(`spans per span set exceeds ${maxSpansPerSpanSet}. received ${spansPerSpanSet}`);
  return {
    ...window,
    ...(traceql === '' ? tags : byTraceql(traceql)),
    limit,
    spansPerSpanSet: spansPerSpanSet === 0 ? 3 : spansPerSpanSet,
  };
};

export const searchRoutes: FastifyPluginAsync<{ readonly traces: TraceStore; readonly clock: Clock }> = async (app, { traces, clock }) => {
  app.get('/api/search', async (request: FastifyRequest<{ Querystring: Query }>) =>
    searchTraces(traces.all(), searchRequest(request.query), createPace(clock.now, queryLimits)),
  );
};
