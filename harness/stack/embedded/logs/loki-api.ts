// Loki's HTTP API, GET and POST forms, as Grafana's data source calls it. https://grafana.com/docs/loki/latest/reference/loki-http-api/
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { acceptForms, readParameters } from '../prometheus-api/parameters.ts';
import type { Parameters } from '../prometheus-api/parameters.ts';
import { answerError } from './api/answer.ts';
import type { LokiContext } from './api/context.ts';
import { detectedFields, detectedFieldValues, detectedLabels } from './api/detected.ts';
import { labelNames, labelValues, series } from './api/label-queries.ts';
import { instantQuery, rangeQuery } from './api/queries.ts';
import { serveTails } from './api/tail.ts';
import { indexStats, volume, volumeRange } from './api/volumes.ts';

type Route = (parameters: Parameters, context: LokiContext, request: FastifyRequest) => unknown;

const named = (request: FastifyRequest): string => (request.params as { readonly name: string }).name;

/** With this version, Grafana knows what it may ask for. */
const buildInfo = { version: '3.7.8', revision: 'embedded', branch: '', buildUser: '', buildDate: '', goVersion: '' };

const flagsOf = (request: FastifyRequest): string => String(request.headers['x-loki-response-encoding-flags'] ?? '');

const notHere =
  (what: string): Route =>
  () => {
    throw Object.assign(new Error(`${what} is not supported by the embedded stack`), { statusCode: 404 });
  };

const routes: Readonly<Record<string, Route>> = {
  query: (parameters, context) => instantQuery(parameters, context),
  query_range: (parameters, context, request) => rangeQuery(parameters, flagsOf(request), context),
  labels: labelNames,
  label: labelNames,
  'label/:name/values': (parameters, context, request) => labelValues(parameters, named(request), context),
  series,
  'index/stats': indexStats,
  'index/volume': volume,
  'index/volume_range': volumeRange,
  detected_labels: detectedLabels,
  detected_fields: detectedFields,
  'detected_field/:name/values': (parameters, context, request) => detectedFieldValues(parameters, named(request), context),
  patterns: notHere('patterns'),
  format_query: notHere('format_query'),
  'status/buildinfo': () => buildInfo,
};

export const lokiApi: FastifyPluginAsync<LokiContext> = async (app, { logs, clock }) => {
  const context = { logs, clock };
  const endTails = serveTails(app.server, context);
  app.addHook('preClose', async () => endTails());
  acceptForms(app);
  app.setErrorHandler((error, _request, reply) => answerError(error as Error, reply));
  for (const [path, route] of Object.entries(routes)) {
    app.route({
      method: ['GET', 'POST'],
      url: `/loki/api/v1/${path}`,
      handler: async (request, reply) => reply.send(await route(readParameters(request), context, request)),
    });
  }
};
