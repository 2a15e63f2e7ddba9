// A planned delivery and its reply as one line of the history.
import type { Operation } from '../history/operation.ts';
import type { PlannedOperation } from '../traffic/planned-operation.ts';
import { codeOfError, outcomeOfAnswer, outcomeOfError } from './classify.ts';
import { type Dialect, meaningOf } from './dialect.ts';
import { readRetryAfter } from './http/retry-after.ts';
import type { Reply } from './reply.ts';

export type Handed = {
  readonly planned: PlannedOperation;
  readonly bodySha256: string;
  readonly bodyBytes: number;
  readonly handedAt: number;
};
type Ending = Pick<Operation, 'outcome' | 'status' | 'code' | 'retryAfterSeconds' | 'id' | 'duplicate'>;

/** What every driver knows of a delivery before anything came back: the plan's part, and when it was handed over and done with. */
export const handedFields = ({ planned, bodySha256, bodyBytes, handedAt }: Handed, doneAt: number) => ({
  op: planned.op,
  event: planned.event,
  phase: planned.phase,
  systemName: planned.systemName,
  objectId: planned.objectId,
  eventName: planned.eventName,
  idempotencyKey: planned.idempotencyKey,
  sequence: planned.sequence,
  poison: planned.poison,
  ...(planned.poison === null ? {} : { expected: planned.expected }),
  delivery: planned.delivery,
  ...(planned.attempt === undefined ? {} : { attempt: planned.attempt }),
  bodySha256,
  bodyBytes,
  intendedAt: planned.intendedAtMs,
  handedAt: round(handedAt),
  doneAt: round(doneAt),
});

export const toOperation = (
  handed: Handed,
  reply: Reply,
  doneAt: number,
  definiteRefusals: readonly string[],
  dialect: Dialect = {},
): Operation => ({
  ...handedFields(handed, doneAt),
  ...endingOf(reply, definiteRefusals, dialect),
  traceId: handed.planned.traceId,
});

/** To the microsecond: more digits would only make the file longer. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const endingOf = (reply: Reply, definiteRefusals: readonly string[], dialect: Dialect): Ending => {
  if (reply.kind === 'error') {
    const outcome = outcomeOfError(reply.anythingSent);
    return { outcome, status: null, code: codeOfError(reply.error), retryAfterSeconds: null, id: null, duplicate: null };
  }
  const { id, duplicate, code } = meaningOf(dialect, reply.status, reply.body);
  const outcome = outcomeOfAnswer({ status: reply.status, code }, definiteRefusals);
  return { outcome, status: reply.status, code, retryAfterSeconds: readRetryAfter(reply.retryAfter, Date.now()), id, duplicate };
};
