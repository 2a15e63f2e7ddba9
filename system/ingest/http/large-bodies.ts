// Large bodies on their way in hold memory before the queue can count them, and a slow client as long as it may: all of them together are bounded here.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessOf } from '../../access/guard-routes.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import { createFairRoom } from '../tenants/fair-room.ts';
import { refuse } from '../refusal.ts';
import { type AnswerContext, answerRefusal } from './answer.ts';

export type LargeBodiesOptions = AnswerContext & {
  readonly telemetry: IngestTelemetry;
  /** Of all large bodies from their headers to their answer. The first one is always taken. */
  readonly bodiesLimitBytes: number;
  /** Whether there are tenants to share that with. */
  readonly isShared: () => boolean;
};

/** Below 10,000 bytes a body is small: most are, and telling costs one look at the length of a header. */
const smallDigits = 4;

/** An onRequest hook of the routes that take events. */
export const createLargeBodies = (options: LargeBodiesOptions) => {
  const held = createFairRoom({ limitBytes: options.bodiesLimitBytes, isShared: options.isShared });
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const length = request.headers['content-length'];
    if (length !== undefined && length.length <= smallDigits) return done();
    const limit = request.routeOptions.bodyLimit ?? 0;
    // Of unknown length it may be all that the route takes. What is over that is refused without being read.
    const bytes = length === undefined ? limit : Number(length);
    if (bytes > limit) return done();
    const { tenant } = accessOf(request);
    if (!held.take(tenant, bytes)) return refuseBody(tenant, reply, options);
    reply.raw.once('close', () => held.giveBack(tenant, bytes));
    return done();
  };
};

const refuseBody = (tenant: string, reply: FastifyReply, options: LargeBodiesOptions): void => {
  options.telemetry.refused('overloaded', tenant);
  // The rest of the body is not waited for.
  reply.header('connection', 'close');
  const message = 'Too many large bodies are on their way in: nothing was stored. Wait for Retry-After.';
  answerRefusal(reply, options, refuse('overloaded', message));
};
