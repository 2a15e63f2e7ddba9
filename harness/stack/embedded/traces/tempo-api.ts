// Tempo's HTTP API, as Grafana's data source and this harness call it. https://grafana.com/docs/tempo/latest/api_docs/
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { QueryRefused } from '../query-refused.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { QueryTimedOut } from './query-pace.ts';
import { searchRoutes } from './search-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { BadRequest } from './tempo-parameters.ts';
import { traceRoutes } from './trace-routes.ts';
import type { TraceStore } from './trace-store.ts';
import { TooManySeries } from './traceql/metrics/groups.ts';

export type TempoOptions = { readonly traces: TraceStore; readonly clock: Clock };

/** The Tempo whose behaviour this is. Grafana asks for it before it uses what came with a version. */
const tempoVersion = '3.0.0';

const statusOf = (error: Error): number => {
  if (error instanceof QueryRefused || error instanceof BadRequest) return 400;
  if (error instanceof TooManySeries) return 422;
  if (error instanceof QueryTimedOut) return 504;
  return (error as { statusCode?: number }).statusCode ?? 500;
};

const answerError = async (error: Error, reply: FastifyReply): Promise<void> => {
  const message = error instanceof QueryRefused ? `invalid TraceQL query: ${error.message}` : error.message;
  await reply.code(statusOf(error)).type('text/plain').send(message);
};

export const tempoApi: FastifyPluginAsync<TempoOptions> = async (app, options) => {
  app.setErrorHandler(async (error, _request, reply) => answerError(error as Error, reply));
  app.get('/api/echo', async (_request, reply) => reply.type('text/plain').send('echo\n'));
  app.get('/api/status/buildinfo', async () => ({
    version: tempoVersion,
    revision: '',
    branch: 'embedded',
    buildUser: '',
    buildDate: '',
    goVersion: '',
  }));
  await app.register(traceRoutes, options);
  await app.register(searchRoutes, options);
  await app.register(tagRoutes, options);
  await app.register(metricsRoutes, options);
};
