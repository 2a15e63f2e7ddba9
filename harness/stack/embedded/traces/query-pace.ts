// A long query shares the process: it works in short slices, lets others in between them, and ends at its time-out. Part of an answer is never given.
import { setImmediate } from 'node:timers/promises';

export class QueryTimedOut extends Error {
  constructor(timeoutMs: number) {
    super(`the query took longer than ${timeoutMs / 1_000} s; ask for a shorter time range`);
    this.name = 'QueryTimedOut';
  }
}

export type Pace = {
  /** Between two pieces of work, each of which is short. */
  breathe(): Promise<void>;
};

export type PaceLimits = { readonly sliceMs: number; readonly timeoutMs: number };

/** A slice is a frame of a screen; a time-out is what someone waits. */
export const queryLimits: PaceLimits = { sliceMs: 10, timeoutMs: 30_000 };

export const createPace = (nowMs: () => number, { sliceMs, timeoutMs }: PaceLimits): Pace => {
  const deadlineMs = nowMs() + timeoutMs;
  let sliceEndsMs = nowMs() + sliceMs;
  return {
    async breathe() {
      const now = nowMs();
      if (now > deadlineMs) throw new QueryTimedOut(timeoutMs);
      if (now < sliceEndsMs) return;
      await setImmediate();
      sliceEndsMs = nowMs() + sliceMs;
    },
  };
};
