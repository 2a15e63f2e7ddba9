// The throttle of one processor in one worker process. It lets through a tenth of a second's worth at a time, and never saves up more than two: finer
// pieces cost a transaction each, coarser ones would let lag fall in gulps that a look each second can see.
import type { WorkerClock } from './worker-clock.ts';
import { createMutex } from './mutex.ts';

export type TokenBucket = {
  /** Waits until some of `wanted` may go, and takes them; at least 1. Rejects when aborted. */
  take(wanted: number, signal: AbortSignal): Promise<number>;
  /** Gives back what was taken and not used. */
  giveBack(count: number): void;
};

const savedSeconds = 0.2;

export const noThrottle: TokenBucket = { take: (wanted) => Promise.resolve(wanted), giveBack: () => {} };

/** `ratePerSecond` 0: no throttle. */
export const createTokenBucket = (ratePerSecond: number, clock: WorkerClock): TokenBucket =>
  ratePerSecond === 0 ? noThrottle : createPacedBucket(() => ratePerSecond, clock);

/** A change of rate is seen by who waits within this. */
const longestSleepMs = 250;

/** The rate, above 0, may change at any time. */
export const createPacedBucket = (rateNow: () => number, clock: WorkerClock): TokenBucket => {
  const capacityNow = () => Math.max(1, rateNow() * savedSeconds);
  const turn = createMutex();
  let tokens = capacityNow();
  let filledAtMs = clock.nowMs();
  const fill = () => {
    const nowMs = clock.nowMs();
    tokens = Math.min(capacityNow(), tokens + (Math.max(0, nowMs - filledAtMs) / 1000) * rateNow());
    filledAtMs = nowMs;
  };
  return {
    take: async (wanted, signal) => {
      using _turn = await turn.acquire();
      // Half of the capacity, or all that is wanted: neither one by one, nor in bursts.
      const enough = () => Math.max(1, Math.min(wanted, Math.floor(capacityNow() / 2)));
      for (fill(); tokens < enough(); fill())
        await clock.sleep(Math.min(longestSleepMs, Math.ceil(((enough() - tokens) / rateNow()) * 1000)), signal);
      const taken = Math.max(1, Math.min(wanted, Math.floor(tokens)));
      tokens -= taken;
      return taken;
    },
    giveBack: (count) => {
      tokens = Math.min(capacityNow(), tokens + count);
    },
  };
};
