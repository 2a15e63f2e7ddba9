// A clock for tests: time stands still while anything can still run, then jumps to the next moment that somebody sleeps for.
import type { Clock } from './clock.ts';

type Sleeper = { readonly due: number; readonly wake: () => void };

export const createVirtualClock = (startAt = 0): Clock => {
  let now = startAt;
  let sleepers: Sleeper[] = [];
  let ticking = false;
  const tick = (): void => {
    const next = sleepers.toSorted((a, b) => a.due - b.due)[0];
    ticking = next !== undefined;
    if (next === undefined) return;
    sleepers = sleepers.filter((sleeper) => sleeper !== next);
    now = Math.max(now, next.due);
    next.wake();
    setImmediate(tick);
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper: Sleeper = { due: now + Math.max(0, ms), wake: resolve };
        sleepers.push(sleeper);
        const abort = () => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          resolve();
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (!ticking) {
          ticking = true;
          setImmediate(tick);
        }
      }),
  };
};
