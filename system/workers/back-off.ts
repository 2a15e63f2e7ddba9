// How long to wait after a failure of the infrastructure: doubled each time, with jitter, bounded.
export type BackOff = { readonly nextMs: () => number; readonly reset: () => void };

export const createBackOff = (random: () => number, { firstMs = 20, longestMs = 2000 } = {}): BackOff => {
  let failures = 0;
  return {
    nextMs: () => {
      const bound = Math.min(longestMs, firstMs * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return bound / 2 + (random() * bound) / 2;
    },
    reset: () => {
      failures = 0;
    },
  };
};
