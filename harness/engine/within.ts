// A promise with a bound: null when it has not settled within it. Leaves no timer behind.
import type { Clock } from './clock.ts';

export const within = async <Value>(promise: Promise<Value>, ms: number, clock: Clock): Promise<Value | null> => {
  const over = new AbortController();
  try {
    return await Promise.race([promise, clock.sleep(ms, over.signal).then(() => null)]);
  } finally {
    over.abort();
  }
};
