// {"status":"success","data":…} or {"status":"error","errorType":…,"error":…}, with Prometheus' status codes.
import type { FastifyReply } from 'fastify';
import type { PromqlErrorType } from '../promql/promql-error.ts';
import { PromqlError } from '../promql/promql-error.ts';
import type { Answer } from './answer.ts';

const statusCodes: Readonly<Record<PromqlErrorType, number>> = { bad_data: 400, execution: 422, timeout: 503 };

const list = (name: string, texts: readonly string[] | undefined): string =>
  texts === undefined || texts.length === 0 ? '' : `,"${name}":${JSON.stringify(texts)}`;

export const answerWith = (reply: FastifyReply, answer: Answer): FastifyReply => {
  const data = answer.json ?? JSON.stringify(answer.data);
  const body = `{"status":"success","data":${data}${list('warnings', answer.warnings)}${list('infos', answer.infos)}}`;
  return reply.type('application/json').send(body);
};

/** A defect of ours is no answer of Prometheus': it is thrown on. */
export const failWith = (reply: FastifyReply, error: unknown): FastifyReply => {
  if (!(error instanceof PromqlError)) throw error;
  const body = { status: 'error', errorType: error.errorType, error: error.message };
  return reply.code(statusCodes[error.errorType]).type('application/json').send(JSON.stringify(body));
};

export const invalidParameter = (name: string, why: string): PromqlError =>
  new PromqlError('bad_data', `invalid parameter "${name}": ${why}`);
