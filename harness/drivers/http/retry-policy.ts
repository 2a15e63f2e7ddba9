// Retries as a client would make them: only where it helps, later each time, spread out, never before the server asked for, and not at all where that is too late. Pure.
import type { Random } from '../../traffic/random.ts';

export type RetryPolicy = {
  /** In all, the first one counted. */
  readonly attempts: number;
  readonly firstMs: number;
  readonly mostMs: number;
  /** Of a Retry-After: who is asked to wait longer gives up, and the operation ends as it was refused. Also far below what a timer can hold. */
  readonly mostRetryAfterMs: number;
};

/** How an attempt ended: an answer, or none. */
export type AttemptEnd = { readonly status: number | null; readonly retryAfterSeconds: number | null };

export const defaultRetries = (attempts: number): RetryPolicy => ({
  attempts,
  firstMs: 100,
  mostMs: 5000,
  mostRetryAfterMs: 60_000,
});

const worthIt: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/**
 * Milliseconds until the next attempt, or null: this was the last one. `attempt` counts from 1.
 * Full jitter (AWS Architecture Blog, Exponential Backoff And Jitter, 2015); a Retry-After is a lower bound, so that nobody comes back early.
 */
export const retryInMs = (
  policy: RetryPolicy,
  attempt: number,
  { status, retryAfterSeconds }: AttemptEnd,
  random: Random,
): number | null => {
  if (attempt >= policy.attempts || (status !== null && !worthIt.includes(status))) return null;
  const afterMs = (retryAfterSeconds ?? 0) * 1000;
  if (afterMs > policy.mostRetryAfterMs) return null;
  const ceiling = Math.min(policy.mostMs, policy.firstMs * 2 ** (attempt - 1));
  return afterMs + random.unit() * ceiling;
};
