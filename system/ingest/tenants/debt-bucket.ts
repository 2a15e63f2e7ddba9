// A rate that may be overdrawn by one: what is taken may be larger than what is there, and whoever comes next waits until that is paid. So the largest event passes at
// any rate, and over time none passes more than its rate and a second's worth.

export type DebtBucket = {
  /** Milliseconds until something may be taken; 0: now. */
  waitMs(): number;
  take(amount: number): void;
};

/** What is saved up while nothing is taken. */
const savedSeconds = 1;

export const createDebtBucket = (ratePerSecond: number, nowMs: () => number): DebtBucket => {
  const capacity = Math.max(1, ratePerSecond * savedSeconds);
  let tokens = capacity;
  let filledAtMs = nowMs();
  const fill = (): void => {
    const at = nowMs();
    tokens = Math.min(capacity, tokens + (Math.max(0, at - filledAtMs) / 1000) * ratePerSecond);
    filledAtMs = at;
  };
  return {
    waitMs: () => {
      fill();
      // A whole one, so that who comes back in time does not meet a sliver that is gone at once.
      const wanted = Math.min(1, capacity);
      return tokens >= wanted ? 0 : ((wanted - tokens) / ratePerSecond) * 1000;
    },
    take: (amount) => {
      fill();
      tokens -= amount;
    },
  };
};
