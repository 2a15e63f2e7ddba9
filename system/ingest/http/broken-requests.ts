// Requests that break below the framework: there is no reply to answer with, just a socket. What is said there is counted there, once.
import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry } from '../telemetry.ts';

type ClientError = Error & { readonly code?: string };

export type BrokenRequests = {
  /** For Node's clientError. */
  answer(error: ClientError, socket: Socket): void;
  /** Its headers came whole: from here on it is known whose it is. */
  began(request: FastifyRequest): void;
  /** What its connection was told in place of an answer; null: nothing. */
  told(request: FastifyRequest): Refusal | null;
};

export const createBrokenRequests = (telemetry: Pick<IngestTelemetry, 'refused'>): BrokenRequests => {
  const latest = new WeakMap<Socket, FastifyRequest>();
  const told = new WeakMap<Socket, Refusal>();
  return {
    answer: (error, socket) => {
      // The client is gone, or an answer is on its way already: nothing can be said in between. Nor to one whose TLS did not come about.
      if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0 || isBeforeTls(socket)) return void socket.destroy();
      const refusal = fromParser(error);
      sayOnSocket(socket, refusal);
      if (!isRefusal(error, socket)) return;
      told.set(socket, refusal);
      telemetry.refused(refusal.code, latest.get(socket)?.access?.tenant ?? null);
    },
    began: (request) => void latest.set(request.raw.socket, request),
    told: (request) => told.get(request.raw.socket) ?? null,
  };
};

/** A connection that said nothing asked for nothing, and one that was closed in the middle of a request left: nothing of theirs is refused. */
const isRefusal = ({ code }: ClientError, { bytesRead }: Socket): boolean => bytesRead > 0 && code !== 'HPE_INVALID_EOF_STATE';

const sayOnSocket = (socket: Socket, refusal: Refusal): void => {
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

const fromParser = ({ code, message }: ClientError): Refusal => {
  if (code === 'HPE_HEADER_OVERFLOW') return refuse('headers_too_large', 'The request headers are over 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refuse('request_timeout', 'The request did not arrive whole in time.');
  return refuse('invalid_request', `The request is not HTTP/1.1 that can be read: ${message}`);
};
