// Hands every operation over at its intended time, whatever became of the ones before: no arrival is ever skipped or waits for an answer.
// After a delay of its own it catches up at once, and the history shows how late each was.

export type OpenLoop = {
  readonly count: number;
  readonly intendedAtMs: (index: number) => number;
  /** Milliseconds since the run's zero. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly hand: (index: number) => void;
};

/** Handed over in one go before other work gets its turn, so that a long backlog can't keep answers from being read. */
const mostAtOnce = 200;

export const runOpenLoop = async ({ count, intendedAtMs, now, wait, hand }: OpenLoop): Promise<void> => {
  let next = 0;
  while (next < count) {
    const dueInMs = intendedAtMs(next) - now();
    if (dueInMs > 0) {
      await wait(dueInMs);
      continue;
    }
    for (let handed = 0; handed < mostAtOnce && next < count && intendedAtMs(next) <= now(); handed += 1) {
      hand(next);
      next += 1;
    }
    await wait(0);
  }
};
