// The time that telemetry measures with, passed in so that tests can hold it still.
export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs(): number;
};

export const systemClock: Clock = { nowMs: () => Date.now() };
