// Decides whether an attempt is followed by another, and makes it: the same event with the same id and body, an operation of its own in the history.
import type { Operation } from '../../history/operation.ts';
import type { PlannedOperation } from '../../traffic/planned-operation.ts';
import { createRandom } from '../../traffic/random.ts';
import { retryInMs, type RetryPolicy } from './retry-policy.ts';

export type NextAttempt = { readonly planned: PlannedOperation; readonly waitMs: number };
export type Retrier = (planned: PlannedOperation, ended: Operation) => NextAttempt | null;

export type RetrierOptions = {
  /** Null: nothing is ever tried again. */
  readonly policy: RetryPolicy | null;
  readonly seed: number;
  /** Numbers of operations that the plan does not use: the first, and how far apart, where several processes share them. */
  readonly firstOp: number;
  readonly opStep: number;
};

export const createRetrier = ({ policy, seed, firstOp, opStep }: RetrierOptions): Retrier => {
  let op = firstOp;
  return (planned, { outcome, status, retryAfterSeconds, doneAt }) => {
    if (policy === null || outcome === 'ok') return null;
    const attempt = planned.attempt ?? 1;
    // An event that is also delivered twice by plan has two clients: each waits by itself.
    const random = createRandom(seed, `retry/${planned.event}/${planned.delivery}/${attempt}`);
    const waitMs = retryInMs(policy, attempt, { status, retryAfterSeconds }, random);
    if (waitMs === null) return null;
    const next = { ...planned, op, attempt: attempt + 1, intendedAtMs: Math.round((doneAt + waitMs) * 1000) / 1000 };
    op += opStep;
    return { planned: next, waitMs };
  };
};
