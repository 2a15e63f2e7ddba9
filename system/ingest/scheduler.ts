// Time for the group commit, passed in so that tests can hold it.
import { performance } from 'node:perf_hooks';

export type Scheduler = {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Runs once after a time; disposing it in time cancels it. */
  after(delayMs: number, run: () => void): Disposable;
  /** Runs when what already came in has been read: the company of one group commit. */
  soon(run: () => void): void;
};

export const systemScheduler: Scheduler = {
  nowMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  soon: (run) => void setImmediate(run),
};

export const sleep = (scheduler: Scheduler, delayMs: number): Promise<void> =>
  new Promise((resolve) => void scheduler.after(delayMs, resolve));
