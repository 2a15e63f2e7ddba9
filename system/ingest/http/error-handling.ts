// What goes wrong outside our handlers, in the contract's shape all the same: unknown routes, wrong methods, bodies over a limit, broken HTTP.
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hintOfOtherDoor } from '../../contract/other-door.ts';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import { type AnswerContext, answerRefusal } from './answer.ts';

export type ErrorHandlingOptions = AnswerContext & {
  readonly telemetry: IngestTelemetry;
  /** Path -> methods that it takes. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
};

export const addErrorHandling = (server: FastifyInstance, options: ErrorHandlingOptions): void => {
  server.setNotFoundHandler((request, reply) => answerUnknownRoute(request, reply, options));
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = fromFramework(error, request);
    if (refusal.code === 'internal') options.telemetry.defect(error, `${request.method} ${request.url.split('?', 1)[0]}`);
    if (request.method === 'POST') options.telemetry.refused(refusal.code, request.access?.tenant ?? null);
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
  if ((error.statusCode ?? 500) < 500) return refuse('invalid_request', `The request can't be read: ${error.message}`);
  return refuse('internal', 'A defect of ours; it is logged.');
};

/** For Node's clientError: there is no request and no reply, just a socket. */
export const answerClientError = (error: Error & { code?: string }, socket: Socket): void => {
  // The client is gone, or an answer is on its way already: nothing can be said in between. Nor to one whose TLS did not come about.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0 || isBeforeTls(socket)) {
    socket.destroy();
    return;
  }
  const refusal = fromParser(error);
  const body = JSON.stringify(errorBody(refusal));
  socket.end(
    `HTTP/1.1 ${statusOf(refusal)} ${reasons[refusal.code] ?? 'Bad Request'}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};

/** What is written then waits for a handshake that never comes, and the connection stays. */
const isBeforeTls = (socket: Socket): boolean => (socket as { readonly secureConnecting?: boolean }).secureConnecting === true;

const reasons: Partial<Record<Refusal['code'], string>> = {
  headers_too_large: 'Request Header Fields Too Large',
  request_timeout: 'Request Timeout',
};

const fromParser = (error: Error & { code?: string }): Refusal => {
  if (error.code === 'HPE_HEADER_OVERFLOW') return refuse('headers_too_large', 'The request headers are over 16 KiB.');
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return refuse('request_timeout', 'The request did not arrive whole in time.');
  return refuse('invalid_request', `The request is not HTTP/1.1 that can be read: ${error.message}`);
};
