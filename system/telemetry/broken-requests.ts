// Requests that break below the framework: there is no reply to answer with, just a socket. Of both doors: who is told there that nothing was done must not have it
// done, and what is said must not be taken for the answer of another request.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorBody, errorCodes } from '../contract/error-codes.ts';
import { whenClosed } from './when-closed.ts';

type ClientError = Error & { readonly code?: string };

export type BreakageCode = 'headers_too_large' | 'request_timeout' | 'invalid_request';

export type BrokenRequests = {
  /** For Node's clientError. */
  answer(error: ClientError, socket: Socket): void;
  /** Before other hooks are added: sees each request whose headers came whole, and keeps from its handler who was told something else. */
  watch(app: FastifyInstance): void;
  /** What its connection was told in place of an answer; null: nothing. */
  told(request: FastifyRequest): BreakageCode | null;
};

/** `request`: null once it is over. With its body it would stay for as long as its connection is kept, and nothing counts it any more. */
type Exchange = { readonly incoming: IncomingMessage; readonly response: ServerResponse; request: FastifyRequest | null };

/** `onSaid` is told once of what is said where something was asked for. `request`: what broke, where it is known. */
export const createBrokenRequests = (onSaid: (code: BreakageCode, request: FastifyRequest | null) => void = () => {}): BrokenRequests => {
  /** By connection, in order: those whose answers are not out yet, and the latest. */
  const exchanges = new WeakMap<Socket, Exchange[]>();
  const leaving = new WeakSet<Socket>();
  const told = new WeakMap<Socket, BreakageCode>();
  const say = (error: ClientError, socket: Socket, latest: Exchange | undefined): void => {
    const breakage = fromParser(error);
    sayOnSocket(socket, breakage);
    if (!isRefusal(error, socket)) return;
    told.set(socket, breakage.code);
    // What breaks behind a whole request is another, of which nobody knows whose it is.
    onSaid(breakage.code, latest === undefined || isWhole(latest) ? null : latest.request);
  };
  const began = (request: FastifyRequest, reply: FastifyReply): void => {
    const { socket } = request.raw;
    const exchange: Exchange = { incoming: request.raw, response: reply.raw, request };
    whenClosed(reply.raw, () => (exchange.request = null));
    const known = exchanges.get(socket);
    if (known === undefined) return void exchanges.set(socket, [exchange]);
    while (known.length > 0 && known[0]!.response.writableFinished) known.shift();
    known.push(exchange);
  };
  const toldOf = ({ raw }: FastifyRequest): BreakageCode | null => told.get(raw.socket) ?? null;
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
      // Whatever is said now would be taken for the answer of the first of them, or for a part of it.
      if (whole.some(isOwed)) return leaveAfter(whole.at(-1)!, socket);
      if (latest === undefined || isWhole(latest) || isUnanswered(latest)) say(error, socket, latest);
      // With the read side: who ignores that we are done, or sends the rest late, must not keep it.
      socket.destroySoon();
    },
    watch: (app) => {
      app.addHook('onRequest', (request, reply, done) => {
        began(request, reply);
        done();
      });
      // Its connection was told that nothing is done, and then the rest of it came: the connection is about to close.
      app.addHook('preHandler', (request, _reply, done) => {
        if (toldOf(request) === null) done();
      });
    },
    told: toldOf,
  };
};

const isWhole = ({ incoming }: Exchange): boolean => incoming.complete;

const isUnanswered = ({ response }: Exchange): boolean => !response.headersSent;

/** An answer may be a stream, and last. One that is given waits for those before it, and is out once their reader has taken them. */
const isOwed = ({ response }: Exchange): boolean => !response.writableFinished;

/** The last that came whole gets its answer, as all before it do, and the connection ends with it. */
const leaveAfter = (last: Exchange, socket: Socket): void => {
  if (isUnanswered(last)) last.response.shouldKeepAlive = false;
  last.response.once('finish', () => socket.destroySoon());
};

const isTimeout = ({ code }: ClientError): boolean => code === 'ERR_HTTP_REQUEST_TIMEOUT';

/** A connection that said nothing asked for nothing, and one that was closed in the middle of a request left: nothing of theirs is refused. */
const isRefusal = ({ code }: ClientError, { bytesRead }: Socket): boolean => bytesRead > 0 && code !== 'HPE_INVALID_EOF_STATE';

type Breakage = { readonly code: BreakageCode; readonly message: string };

const sayOnSocket = (socket: Socket, { code, message }: Breakage): void => {
  const { status } = errorCodes[code];
  const body = JSON.stringify({ error: { code, message } } satisfies ErrorBody);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};

/** What is written then waits for a handshake that never comes, and the connection stays. */
const isBeforeTls = (socket: Socket): boolean => (socket as { readonly secureConnecting?: boolean }).secureConnecting === true;

const fromParser = (error: ClientError): Breakage => {
  const { code, message } = error;
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'headers_too_large', message: 'The request line and headers are over 16 KiB.' };
  if (isTimeout(error)) return { code: 'request_timeout', message: 'The request did not arrive whole in time.' };
  return { code: 'invalid_request', message: `The request is not HTTP/1.1 that can be read: ${message}` };
};
