// Time, passed in: so that what depends on it can be tested without waiting.
import { setTimeout as wait } from 'node:timers/promises';

export type WorkerClock = {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Rejects when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
};

export const systemWorkerClock: WorkerClock = {
  nowMs: () => Date.now(),
  sleep: async (delayMs, signal) => {
    await wait(delayMs, undefined, signal === undefined ? {} : { signal });
  },
};
