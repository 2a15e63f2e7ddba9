// Every HTTP request of a Fastify server as a SERVER span and a sample of http.server.request.duration, by route and status.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unanswered } from '../contract/objectives.ts';
import { signals } from '../contract/signals.ts';
import type { BrokenRequests } from './broken-requests.ts';
import { onRequestEnd, type RequestEnd } from './request-end.ts';
import { type StartedSpan, unsampledSpan } from './spans.ts';
import type { Telemetry } from './start-telemetry.ts';
import { parseTraceparent } from './trace-context.ts';

/** Where a request's span is found: the parent of spans under it. */
export type RequestSpans = { of(request: FastifyRequest): StartedSpan };

// A route is a label: what clients make up must not become one.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'QUERY']);

/** `unobserved` routes (health checks) make no span and no sample. Call it before routes are added. */
export const observeRequests = (
  app: FastifyInstance,
  { instruments, tracer }: Pick<Telemetry, 'instruments' | 'tracer'>,
  broken: Pick<BrokenRequests, 'told'>,
  tenantOf: (request: FastifyRequest) => string | null = () => null,
  unobserved: readonly string[] = ['/health', '/ready'],
): RequestSpans => {
  const spans = tracer('faultline.http');
  const duration = instruments.histogram(signals.httpServerDuration);
  const requests = new WeakMap<FastifyRequest, StartedSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    if (!unobserved.includes(request.routeOptions.url ?? '')) requests.set(request, begin(request));
    done();
  });
  onRequestEnd(app, broken, (request, end) => {
    const span = requests.get(request);
    if (span !== undefined) finish(request, end, span);
  });

  const begin = (request: FastifyRequest): StartedSpan =>
    spans.start(spanName(request), {
      kind: 'server',
      parent: parseTraceparent(request.headers.traceparent),
      attributes: () => ({ ...routeAttributes(request), 'url.path': request.url.split('?', 1)[0] ?? '', 'url.scheme': request.protocol }),
    });
  const finish = (request: FastifyRequest, { status, isAnswered, seconds }: RequestEnd, span: StartedSpan) => {
    const outcome = { 'http.response.status_code': status, ...(!isAnswered && { 'error.type': unanswered.left }) };
    const tenant = tenantOf(request);
    const whose = tenant === null ? {} : { 'faultline.tenant': tenant };
    duration.record(seconds, { ...routeAttributes(request), ...outcome, ...whose });
    span.setAttributes(() => outcome);
    span.end(status >= 500 ? new Error(`answered ${status}`) : undefined);
  };
  return { of: (request) => requests.get(request) ?? unsampledSpan };
};

const methodOf = (request: FastifyRequest) => (methods.has(request.method) ? request.method : '_OTHER');

const routeAttributes = (request: FastifyRequest) => {
  const route = request.routeOptions.url;
  return { 'http.request.method': methodOf(request), ...(route !== undefined && { 'http.route': route }) };
};

const spanName = (request: FastifyRequest) => {
  const route = request.routeOptions.url;
  return route === undefined ? methodOf(request) : `${methodOf(request)} ${route}`;
};
