// Looks after the parked keys of this worker's lanes, often while there is work, in threads apart, so that a handler that hangs again does not hold up
// the live lanes.
import { createBackOff } from './back-off.ts';
import type { KeptLane } from './kept-lane.ts';
import { createParkWork, type ParkWorkOptions } from './park-work.ts';

export type ParkKeeperOptions = ParkWorkOptions & { readonly random: () => number };

export type ParkKeeper = {
  run(signal: AbortSignal): Promise<void>;
  /** A key was just parked: look sooner. */
  wake(): void;
  /** Gives up the gap that the lane's oldest early event waits for; resolves whether there was one. */
  skipOldestGap(lane: KeptLane): Promise<boolean>;
};

const quietMs = 250;
const busyMs = 25;
/** After work there is likely more: the next attempt, the next failure. */
const staysBusyMs = 2000;

export const createParkKeeper = (options: ParkKeeperOptions): ParkKeeper => {
  const { telemetry, clock } = options;
  const work = createParkWork(options);
  let awake: (() => void) | null = null;
  let busyUntilMs = 0;

  const pause = (waitMs: number, signal: AbortSignal) => {
    const woken = new AbortController();
    awake = () => woken.abort();
    return clock.sleep(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
  };
  const step = async (backOffMs: () => number) => {
    const ids = options.lanes().map(({ tenure }) => tenure);
    if (ids.length === 0) return quietMs;
    try {
      if (await work.round(ids)) busyUntilMs = clock.nowMs() + staysBusyMs;
      return clock.nowMs() < busyUntilMs ? busyMs : quietMs;
    } catch (error) {
      telemetry.error('look after the park', error);
      return backOffMs();
    }
  };
  return {
    run: async (signal) => {
      const backOff = createBackOff(options.random, { firstMs: 50, longestMs: 1000 });
      while (!signal.aborted) await pause(await step(backOff.nextMs), signal);
    },
    wake: () => {
      busyUntilMs = clock.nowMs() + staysBusyMs;
      awake?.();
    },
    skipOldestGap: work.skipOldestGap,
  };
};
