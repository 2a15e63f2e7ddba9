// One sample of k6 as one line of our history.
import type { Operation, OperationOutcome } from '../../history/operation.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { codeOfK6Error, type K6Sample, nothingWasSent } from './read-points.ts';

export type K6Sent = { readonly planned: PlannedOperation; readonly bodySha256: string; readonly bodyBytes: number };
/** `isWhole`: nothing was dropped, so that the n-th iteration is the n-th arrival of the plan. Otherwise k6 does not say which time it was meant for. */
export type K6Times = { readonly zeroAt: number; readonly isWhole: boolean };

export const toK6Operation = (
  { planned, bodySha256, bodyBytes }: K6Sent,
  sample: K6Sample,
  { zeroAt, isWhole }: K6Times,
  definiteRefusals: readonly string[],
): Operation => {
  const handedAt = sample.startedAt - zeroAt;
  const { expected, variant: _variant, intendedAtMs, ...event } = planned;
  return {
    ...event,
    ...(planned.poison === null ? {} : { expected }),
    bodySha256,
    bodyBytes,
    // Scripts of k6 know whole milliseconds; nobody is early.
    intendedAt: isWhole ? Math.min(intendedAtMs, handedAt) : handedAt,
    handedAt,
    doneAt: handedAt + sample.tookMs,
    ...endingOf(sample, definiteRefusals),
  };
};

type Ending = Pick<Operation, 'outcome' | 'status' | 'code' | 'retryAfterSeconds' | 'id' | 'duplicate'>;

const endingOf = ({ status, errorCode, retryAfter, answer }: K6Sample, definiteRefusals: readonly string[]): Ending => {
  if (status === null) {
    const outcome = nothingWasSent(errorCode) ? 'failed' : 'unknown';
    return { outcome, status, code: codeOfK6Error(errorCode), retryAfterSeconds: null, id: null, duplicate: null };
  }
  const code = typeof answer.code === 'string' ? answer.code : null;
  return {
    outcome: outcomeOf(status, code, definiteRefusals),
    status,
    code,
    retryAfterSeconds: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
    id: typeof answer.id === 'number' ? answer.id : null,
    duplicate: typeof answer.duplicate === 'boolean' ? answer.duplicate : null,
  };
};

/** The rule of our own driver; drivers share no code, and a test holds the two equal. */
const outcomeOf = (status: number, code: string | null, definiteRefusals: readonly string[]): OperationOutcome => {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'failed';
  return status === 503 && code !== null && definiteRefusals.includes(code) ? 'failed' : 'unknown';
};
