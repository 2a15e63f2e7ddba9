// The end of each request, told once: Fastify tells of answers alone, and nobody of a client that left before.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { whenClosed } from './when-closed.ts';

export type RequestEnd = {
  /** As it was said; 499 where nothing was. */
  readonly status: number;
  /** From the request line on. */
  readonly seconds: number;
  readonly isAnswered: boolean;
};

/** nginx's number for a client that closed the connection before it had an answer; no code of HTTP means that. */
const leftStatus = 499;

/** Call it before other hooks are added: one that answers ends the row. */
export const onRequestEnd = (app: FastifyInstance, run: (request: FastifyRequest, end: RequestEnd) => void): void => {
  const ended = new WeakSet<FastifyRequest>();
  const tell = (request: FastifyRequest, reply: FastifyReply): void => {
    if (ended.has(request)) return;
    ended.add(request);
    const isAnswered = reply.raw.headersSent;
    run(request, { status: isAnswered ? reply.statusCode : leftStatus, seconds: reply.elapsedTime / 1000, isAnswered });
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
