// The end of each request, told once: Fastify tells of answers alone, and nobody of a client that left before.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes } from '../contract/error-codes.ts';
import type { BrokenRequests } from './broken-requests.ts';
import { whenClosed } from './when-closed.ts';

export type RequestEnd = {
  /** As it was said, if only on its bare connection; 499 where nothing was. */
  readonly status: number;
  /** From the request line on. */
  readonly seconds: number;
  readonly isAnswered: boolean;
};

/** nginx's number for a client that closed the connection before it had an answer; no code of HTTP means that. */
const leftStatus = 499;

/** Call it before other hooks are added: one that answers ends the row. */
export const onRequestEnd = (
  app: FastifyInstance,
  broken: Pick<BrokenRequests, 'told'>,
  run: (request: FastifyRequest, end: RequestEnd) => void,
): void => {
  const ended = new WeakSet<FastifyRequest>();
  const tell = (request: FastifyRequest, reply: FastifyReply): void => {
    if (ended.has(request)) return;
    ended.add(request);
    const told = broken.told(request);
    const seconds = reply.elapsedTime / 1000;
    if (reply.raw.headersSent) run(request, { status: reply.statusCode, seconds, isAnswered: true });
    else if (told !== null) run(request, { status: errorCodes[told].status, seconds, isAnswered: true });
    else run(request, { status: leftStatus, seconds, isAnswered: false });
  };
  app.addHook('onRequest', (request, reply, done) => {
    whenClosed(reply.raw, () => tell(request, reply));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    tell(request, reply);
    done();
  });
};
