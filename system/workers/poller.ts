// Looks for new events: one query for the heads of all lanes, ten times a second.
import type { StreamReader } from '../stream/stream.ts';
import { createBackOff } from './back-off.ts';
import type { WorkerClock } from './worker-clock.ts';

export type PollerOptions = {
  readonly stream: Pick<StreamReader, 'heads'>;
  readonly clock: WorkerClock;
  readonly random: () => number;
  readonly onHeads: (heads: ReadonlyMap<number, number>) => void;
  readonly onError: (error: unknown) => void;
};

export type Poller = {
  run(signal: AbortSignal): Promise<void>;
  /** Begins a round at once, if none runs, and resolves after the first one that began after the call. */
  nextRound(): Promise<void>;
  /** When heads were last read, epoch milliseconds; 0: never. */
  readonly lastRoundAtMs: () => number;
};

/** Each lane moves at most once a round: shorter rounds are more transactions for the same events (docs/decisions/0039-ten-rounds-a-second.md). */
const everyMs = 100;

export const createPoller = ({ stream, clock, random, onHeads, onError }: PollerOptions): Poller => {
  let waiting: (() => void)[] = [];
  let lastRoundAtMs = 0;
  let hurry: (() => void) | null = null;
  const backOff = createBackOff(random, { firstMs: 50, longestMs: 1000 });
  /** Resolves to the wait until the next one. */
  const round = async () => {
    const told = waiting;
    waiting = [];
    try {
      onHeads(await stream.heads());
      lastRoundAtMs = clock.nowMs();
      backOff.reset();
      return everyMs;
    } catch (error) {
      onError(error);
      return backOff.nextMs();
    } finally {
      for (const resolve of told) resolve();
    }
  };
  const pause = async (waitMs: number, signal: AbortSignal) => {
    const cut = new AbortController();
    hurry = () => cut.abort();
    await clock.sleep(waitMs, AbortSignal.any([signal, cut.signal])).catch(() => {});
    hurry = null;
  };
  return {
    run: async (signal) => {
      while (!signal.aborted) {
        const waitMs = await round();
        if (waiting.length === 0) await pause(waitMs, signal);
      }
    },
    nextRound: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        hurry?.();
      }),
    lastRoundAtMs: () => lastRoundAtMs,
  };
};
