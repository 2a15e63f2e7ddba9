// The time that telemetry measures with, passed in so that tests can hold it still.
import { setTimeout as wait } from 'node:timers/promises';

export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs(): number;
};

export type Timers = {
  /** Rejects when aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
};

export const systemClock: Clock & Timers = {
  nowMs: () => Date.now(),
  sleep: (delayMs, signal) => wait(delayMs, undefined, { signal }),
};
