// A promise with a bound: null when it has not settled within it, or before the signal aborts, where one is given. Leaves no timer behind.
import type { Clock } from './clock.ts';

export const within = async <Value>(promise: Promise<Value>, ms: number, clock: Clock, signal?: AbortSignal): Promise<Value | null> => {
  const over = new AbortController();
  const until = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.race([promise, clock.sleep(ms, until).then(() => null)]);
  } finally {
    over.abort();
  }
};
