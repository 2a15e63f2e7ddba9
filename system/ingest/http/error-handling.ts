// What goes wrong outside our handlers, in the contract's shape all the same: unknown routes, wrong methods, bodies over a limit.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hintOfOtherDoor } from '../../contract/other-door.ts';
import type { BrokenRequests } from '../../telemetry/broken-requests.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import { type AnswerContext, answerRefusal } from './answer.ts';

export type ErrorHandlingOptions = AnswerContext & {
  readonly telemetry: IngestTelemetry;
  readonly broken: Pick<BrokenRequests, 'told'>;
  /** Path -> methods that it takes. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
};

export const addErrorHandling = (server: FastifyInstance, options: ErrorHandlingOptions): void => {
  server.setNotFoundHandler((request, reply) => answerUnknownRoute(request, reply, options));
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = fromFramework(error, request);
    if (refusal.code === 'internal') options.telemetry.defect(error, `${request.method} ${request.url.split('?', 1)[0]}`);
    // What its connection was told is counted already.
    const isCounted = options.broken.told(request) !== null;
    if (request.method === 'POST' && !isCounted) options.telemetry.refused(refusal.code, request.access?.tenant ?? null);
    return answerRefusal(reply, options, refusal);
  });
};

const answerUnknownRoute = (request: FastifyRequest, reply: FastifyReply, options: ErrorHandlingOptions): FastifyReply => {
  const path = request.url.split('?', 1)[0]!;
  const methods = Object.hasOwn(options.routes, path) ? options.routes[path] : undefined;
  const hint = hintOfOtherDoor('ingest', request.method, path);
  if (!methods) {
    const known = Object.keys(options.routes).join(', ');
    return answerRefusal(
      reply,
      options,
      refuse('not_found', `There is no ${request.method} ${path.slice(0, 200)} here; there is ${known}.${hint}`),
    );
  }
  reply.header('allow', methods.join(', '));
  return answerRefusal(reply, options, refuse('method_not_allowed', `${path} takes ${methods.join(', ')}, not ${request.method}.${hint}`));
};

const fromFramework = (error: FastifyError, request: FastifyRequest): Refusal => {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const limit = request.routeOptions.bodyLimit;
    return refuse('payload_too_large', `The body is over the limit of ${limit} bytes. Nothing was stored.`, { limit_bytes: limit });
  }
  // Its own check, before ours, of what may be a content type at all.
  if (error.statusCode === 415) return refuse('unsupported_content_type', 'The Content-Type is no media type: send it as type/subtype.');
  if ((error.statusCode ?? 500) < 500) return refuse('invalid_request', `The request can't be read: ${error.message}`);
  return refuse('internal', 'A defect of ours; it is logged.');
};
