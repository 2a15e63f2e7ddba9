// Large bodies hold memory before the queue can count them, and a slow client as long as it may: all of them together are bounded here, as they come and as they are
// inflated, from their headers until they are answered and nothing works on them.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessOf } from '../../access/guard-routes.ts';
import type { IngestTelemetry } from '../telemetry.ts';
import { createFairRoom } from '../tenants/fair-room.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type AnswerContext, answerRefusal } from './answer.ts';
import { whenClosed } from '../../telemetry/when-closed.ts';

export type LargeBodiesOptions = AnswerContext & {
  readonly telemetry: IngestTelemetry;
  /** Of all large bodies from their headers to their answer. The first one is always taken. */
  readonly bodiesLimitBytes: number;
  /** Whether there are tenants to share that with. */
  readonly isShared: () => boolean;
};

/** Below this a body is small: most are, and telling costs one look at the length of a header. */
export const smallBytes = 10_000;
const smallDigits = 4;

/** While a request is worked on, its room is kept, also where its client has left: what came is in memory all the same. */
export type BodyWork = Disposable & {
  /** Has room held for so many bytes of this request in all; false: there is none, and what was held is held. */
  cover(bytes: number): boolean;
};

export type LargeBodies = {
  /** An onRequest hook of the routes that take events. */
  claim(request: FastifyRequest, reply: FastifyReply, done: () => void): void;
  /** The caller disposes it once it has answered. */
  work(request: FastifyRequest): BodyWork;
};

/** `holders`: the connection and the work, as long as they last. */
type Claim = { readonly tenant: string; bytes: number; holders: number };

export const createLargeBodies = (options: LargeBodiesOptions): LargeBodies => {
  const held = createFairRoom({ limitBytes: options.bodiesLimitBytes, isShared: options.isShared });
  const claims = new WeakMap<FastifyRequest, Claim>();
  const letGo = (request: FastifyRequest, claim: Claim): void => {
    claim.holders -= 1;
    if (claim.holders > 0) return;
    claims.delete(request);
    held.giveBack(claim.tenant, claim.bytes);
  };
  return {
    claim: (request, reply, done) => {
      const bytes = expectedBytes(request);
      if (bytes === null) return done();
      const { tenant } = accessOf(request);
      if (!held.take(tenant, bytes)) return refuseBody(tenant, reply, options);
      const claim: Claim = { tenant, bytes, holders: 1 };
      claims.set(request, claim);
      whenClosed(reply.raw, () => letGo(request, claim));
      return done();
    },
    work: (request) => {
      const claim = claims.get(request) ?? { tenant: accessOf(request).tenant, bytes: 0, holders: 0 };
      claim.holders += 1;
      return {
        cover: (bytes) => {
          const more = bytes - claim.bytes;
          if (more <= 0) return true;
          if (!held.grow(claim.tenant, claim.bytes, more)) return false;
          claim.bytes = bytes;
          return true;
        },
        [Symbol.dispose]: () => letGo(request, claim),
      };
    },
  };
};

/** null: a small body, or one that is refused without being read. */
const expectedBytes = ({ headers, routeOptions }: FastifyRequest): number | null => {
  const length = headers['content-length'];
  if (length !== undefined && length.length <= smallDigits) return null;
  const limit = routeOptions.bodyLimit ?? 0;
  // Of unknown length it may be all that the route takes.
  const bytes = length === undefined ? limit : Number(length);
  return bytes > limit ? null : bytes;
};

const refuseBody = (tenant: string, reply: FastifyReply, options: LargeBodiesOptions): void => {
  options.telemetry.refused('overloaded', tenant);
  // The rest of the body is not waited for.
  reply.header('connection', 'close');
  answerRefusal(reply, options, tooManyBodies());
};

export const tooManyBodies = (): Refusal =>
  refuse('overloaded', 'Too many large bodies are on their way in: nothing was stored. Wait for Retry-After.');
