// Large bodies on their way in hold memory before the queue can count them, and a slow client as long as it may: all of them together are bounded here.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IngestTelemetry } from '../telemetry.ts';
import { refuse } from '../refusal.ts';
import { type AnswerContext, answerRefusal } from './answer.ts';

export type LargeBodiesOptions = AnswerContext & {
  readonly telemetry: IngestTelemetry;
  /** Of all large bodies from their headers to their answer. The first one is always taken. */
  readonly bodiesLimitBytes: number;
};

/** Below 10,000 bytes a body is small: most are, and telling costs one look at the length of a header. */
const smallDigits = 4;

/** An onRequest hook of the routes that take events. */
export const createLargeBodies = (options: LargeBodiesOptions) => {
  let heldBytes = 0;
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const length = request.headers['content-length'];
    if (length !== undefined && length.length <= smallDigits) return done();
    const limit = request.routeOptions.bodyLimit ?? 0;
    // Of unknown length it may be all that the route takes. What is over that is refused without being read.
    const bytes = length === undefined ? limit : Number(length);
    if (bytes > limit) return done();
    if (heldBytes > 0 && heldBytes + bytes > options.bodiesLimitBytes) return refuseBody(reply, options);
    heldBytes += bytes;
    reply.raw.once('close', () => void (heldBytes -= bytes));
    return done();
  };
};

const refuseBody = (reply: FastifyReply, options: LargeBodiesOptions): void => {
  options.telemetry.refused('overloaded');
  // The rest of the body is not waited for.
  reply.header('connection', 'close');
  const message = 'Too many large bodies are on their way in: nothing was stored. Wait for Retry-After.';
  answerRefusal(reply, options, refuse('overloaded', message));
};
