// How long to wait before a process that ended by itself is started again.

export type RestartBackOff = {
  /** `livedMs`: how long it had been ready. Long enough, and the count begins anew. */
  next(livedMs: number): number;
};

export const createRestartBackOff = ({ firstMs = 500, mostMs = 30_000, steadyMs = 60_000 } = {}): RestartBackOff => {
  let failures = 0;
  return {
    next: (livedMs) => {
      failures = livedMs >= steadyMs ? 1 : failures + 1;
      return Math.min(mostMs, firstMs * 2 ** (failures - 1));
    },
  };
};
