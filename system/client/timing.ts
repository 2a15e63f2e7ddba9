// Time for the client, passed in so that tests can hold it.
import { performance } from 'node:perf_hooks';

export type Timing = {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Milliseconds since the epoch: for a Retry-After that is a date, and for nothing else. */
  dateMs(): number;
  /** Runs once after a time; what is given back cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs when the promises that are settled now have told their callers: what these send goes into the same batch. */
  soon(run: () => void): void;
};

/** Node fires a longer timer at once. */
const longestTimerMs = 2_147_483_647;

export const systemTiming: Timing = {
  nowMs: () => performance.now(),
  dateMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, longestTimerMs));
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
};
