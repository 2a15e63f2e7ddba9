// Requests that break below the framework: there is no reply to answer with, just a socket. What is said there is counted there, once.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { whenClosed } from '../../telemetry/when-closed.ts';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry } from '../telemetry.ts';

type ClientError = Error & { readonly code?: string };

export type BrokenRequests = {
  /** For Node's clientError. */
  answer(error: ClientError, socket: Socket): void;
  /** Its headers came whole: from here on it is known whose it is. */
  began(request: FastifyRequest, reply: FastifyReply): void;
  /** What its connection was told in place of an answer; null: nothing. Who was told so is not served any more. */
  told(request: FastifyRequest): Refusal | null;
};

/** `ofTenant`: null once it is over. With its body it would stay for as long as its connection is kept, and nothing counts it any more. */
type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; ofTenant: FastifyRequest | null };

export const createBrokenRequests = (telemetry: Pick<IngestTelemetry, 'refused'>): BrokenRequests => {
  /** By connection, in order: those whose answers are not out yet, and the latest. */
  const exchanges = new WeakMap<Socket, Exchange[]>();
  const leaving = new WeakSet<Socket>();
  const told = new WeakMap<Socket, Refusal>();
  const say = (error: ClientError, socket: Socket, latest: Exchange | undefined): void => {
    const refusal = fromParser(error);
    sayOnSocket(socket, refusal);
    if (!isRefusal(error, socket)) return;
    told.set(socket, refusal);
    // What breaks behind a whole request is another, of which nobody knows whose it is.
    telemetry.refused(refusal.code, latest === undefined || isWhole(latest) ? null : (latest.ofTenant?.access?.tenant ?? null));
  };
  return {
    answer: (error, socket) => {
      // The client is gone. Or its TLS did not come about: nothing can be said to it.
      if (error.code === 'ECONNRESET' || isBeforeTls(socket)) return void socket.destroy();
      // The parser tells again of all that comes after. What was said has had its time once the clock tells again, and is not taken.
      if (leaving.has(socket) && !(told.has(socket) && isTimeout(error))) return;
      if (leaving.has(socket) || !socket.writable) return void socket.destroy();
      leaving.add(socket);
      const known = exchanges.get(socket) ?? [];
      const latest = known.at(-1);
      const whole = known.filter(isWhole);
      // Whatever is said now would be taken for the answer of the first of them.
      if (whole.some(isUnanswered)) return leaveAfter(whole.at(-1)!, socket);
      if (latest === undefined || isWhole(latest) || isUnanswered(latest)) say(error, socket, latest);
      // With the read side: who ignores that we are done, or sends the rest late, must not keep it.
      socket.destroySoon();
    },
    began: (request, reply) => {
      const { socket } = request.raw;
      const exchange: Exchange = { request: request.raw, response: reply.raw, ofTenant: request };
      whenClosed(reply.raw, () => (exchange.ofTenant = null));
      const known = exchanges.get(socket);
      if (known === undefined) return void exchanges.set(socket, [exchange]);
      while (known.length > 0 && known[0]!.response.writableFinished) known.shift();
      known.push(exchange);
    },
    told: (request) => told.get(request.raw.socket) ?? null,
  };
};

const isWhole = ({ request }: Exchange): boolean => request.complete;

const isUnanswered = ({ response }: Exchange): boolean => !response.headersSent;

/** The last that came whole gets its answer, as all before it do, and the connection ends with it. */
const leaveAfter = (last: Exchange, socket: Socket): void => {
  if (isUnanswered(last)) last.response.shouldKeepAlive = false;
  last.response.once('finish', () => socket.destroySoon());
};

const isTimeout = ({ code }: ClientError): boolean => code === 'ERR_HTTP_REQUEST_TIMEOUT';

/** A connection that said nothing asked for nothing, and one that was closed in the middle of a request left: nothing of theirs is refused. */
const isRefusal = ({ code }: ClientError, { bytesRead }: Socket): boolean => bytesRead > 0 && code !== 'HPE_INVALID_EOF_STATE';

const sayOnSocket = (socket: Socket, refusal: Refusal): void => {
  const body = JSON.stringify(errorBody(refusal));
  socket.write(
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

const fromParser = (error: ClientError): Refusal => {
  const { code, message } = error;
  if (code === 'HPE_HEADER_OVERFLOW') return refuse('headers_too_large', 'The request headers are over 16 KiB.');
  if (isTimeout(error)) return refuse('request_timeout', 'The request did not arrive whole in time.');
  return refuse('invalid_request', `The request is not HTTP/1.1 that can be read: ${message}`);
};
