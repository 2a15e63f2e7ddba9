// Every answer of the front door leaves through here: the contract's shape, Retry-After on a 503, `connection: close` while it stops.
import type { FastifyReply } from 'fastify';
import { errorBody, type Refusal, statusOf } from '../refusal.ts';

export type AnswerContext = { readonly isStopping: () => boolean };

/** Seconds. A full queue empties in less; a database that restarts takes about as long. */
const retryAfterSeconds = '1';

export const answerJson = (reply: FastifyReply, { isStopping }: AnswerContext, status: number, body: unknown): FastifyReply => {
  reply.code(status).header('content-type', 'application/json; charset=utf-8');
  if (status === 503) reply.header('retry-after', retryAfterSeconds);
  // The client shall not send its next request on a connection that is about to close.
  if (isStopping()) reply.header('connection', 'close');
  return reply.send(JSON.stringify(body));
};

export const answerRefusal = (reply: FastifyReply, context: AnswerContext, refusal: Refusal): FastifyReply => {
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', String(refusal.retryAfterSeconds));
  return answerJson(reply, context, statusOf(refusal), errorBody(refusal));
};
