// What had to go, by when it had come: a later run of the same stack does not care for what was dropped of an earlier one.

export type DropTimes = {
  /** `receivedAtMs`: when what is dropped had come, or, where that is not known, the latest that it can have come. */
  add(receivedAtMs: number, count: number): void;
  /** How much was dropped of what came since then; a second that has begun counts as a whole. */
  since(ms: number): number;
  readonly total: number;
};

const secondOf = (ms: number): number => Math.floor(ms / 1_000);

/** Seconds that are told apart; what came before them counts as one. Bounds the memory of a stack that is up for days. */
const maxSeconds = 7_200;

export const createDropTimes = (): DropTimes => {
  const counts = new Map<number, number>();
  let [total, earlier, earliestTold] = [0, 0, -Infinity];
  const forgetOldest = (): void => {
    const oldest = Math.min(...counts.keys());
    earlier += counts.get(oldest)!;
    earliestTold = oldest + 1;
    counts.delete(oldest);
  };
  return {
    add(receivedAtMs, count) {
      if (count === 0) return;
      total += count;
      const second = secondOf(receivedAtMs);
      if (second < earliestTold) earlier += count;
      else counts.set(second, (counts.get(second) ?? 0) + count);
      if (counts.size > maxSeconds) forgetOldest();
    },
    since(ms) {
      const second = secondOf(ms);
      // Asked for a time that is no longer told apart, it says too much rather than too little.
      let sum = second < earliestTold ? earlier : 0;
      for (const [at, count] of counts) if (at >= second) sum += count;
      return sum;
    },
    get total() {
      return total;
    },
  };
};
