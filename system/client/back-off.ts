// How long to wait before the next request after one that failed: exponential, with full jitter, never before Retry-After.

export type BackOffSettings = { readonly retryBackoffMs: number; readonly retryBackoffMaxMs: number };

/**
 * Full jitter (AWS Architecture Blog, Exponential Backoff And Jitter, 2015): anything from 0 to the bound, which doubles with each failure.
 * `random` gives 0 to 1, 1 excluded.
 */
export const fullJitterMs = (failures: number, settings: BackOffSettings, random: () => number): number =>
  random() * Math.min(settings.retryBackoffMaxMs, settings.retryBackoffMs * 2 ** Math.min(failures - 1, 50));

export type BackOff = {
  /** No request before this time. */
  readonly untilMs: number;
  /** Requests that failed since the last that did not. */
  readonly failures: number;
  /** `sentAtMs`: when the request left. Those that left before the last failure was known are part of it, and do not count again. */
  failed(sentAtMs: number, nowMs: number, retryAfterMs: number | null): void;
  succeeded(): void;
};

export const createBackOff = (settings: BackOffSettings, random: () => number): BackOff => {
  let failures = 0;
  let failedAtMs = -Infinity;
  let untilMs = -Infinity;
  return {
    get untilMs() {
      return untilMs;
    },
    get failures() {
      return failures;
    },
    failed: (sentAtMs, nowMs, afterMs) => {
      if (sentAtMs >= failedAtMs) failures += 1;
      failedAtMs = nowMs;
      // The jitter comes on top of Retry-After: many clients that were told the same second shall not all come in it.
      untilMs = Math.max(untilMs, nowMs + (afterMs ?? 0) + fullJitterMs(failures, settings, random));
    },
    succeeded: () => {
      failures = 0;
    },
  };
};
