// Time as an argument: wall time in epoch milliseconds, and sleeping that an AbortSignal ends. Only this module touches the real timers.
import { setTimeout as delay } from 'node:timers/promises';

export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects: whoever waits looks at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    if (signal?.aborted) return;
    await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal }).catch(ignoreAbort);
  },
};

const ignoreAbort = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ABORT_ERR') throw error;
};
