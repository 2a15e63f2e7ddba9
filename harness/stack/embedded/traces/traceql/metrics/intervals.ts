// The steps of a metrics query. A step is open on its left and named by its right end, as in Tempo.

export type Intervals = {
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly stepNano: bigint;
  readonly count: number;
  /** -1: outside of all. */
  of(atNano: bigint): number;
  /** Epoch milliseconds. */
  timestampMs(interval: number): number;
};

const down = (at: bigint, step: bigint): bigint => at - (at % step);
const up = (at: bigint, step: bigint): bigint => down(at + step - 1n, step);

const rangeOf = (startNano: bigint, endNano: bigint, stepNano: bigint): Intervals => ({
  startNano,
  endNano,
  stepNano,
  count: Math.max(0, Number((endNano - startNano) / stepNano)),
  of: (at) => (at > startNano && at <= endNano ? Number((at - startNano - 1n) / stepNano) : -1),
  timestampMs: (interval) => Number((startNano + BigInt(interval + 1) * stepNano) / 1_000_000n),
});

/** Both ends are moved out to whole steps, and one step is put before them: also into what is still to come, as Tempo does without a query_end_cutoff. */
export const rangeIntervals = (startNano: bigint, endNano: bigint, stepNano: bigint): Intervals => {
  const start = down(startNano, stepNano);
  return rangeOf(start > stepNano ? start - stepNano : start, up(endNano, stepNano), stepNano);
};

/** One value for the whole of it. */
export const instantInterval = (startNano: bigint, endNano: bigint): Intervals => ({
  ...rangeOf(startNano, endNano, endNano - startNano),
  timestampMs: () => Number(endNano / 1_000_000n),
});

const second = 1_000_000_000n;
const granularities = [3_600n, 300n, 60n, 15n, 5n, 1n].map((seconds) => seconds * second);
const milliseconds50 = 50_000_000n;

/** About 240 steps, rounded to what people read well; never below a second, or 50 ms within the last minute. */
export const defaultStepNano = (rangeNano: bigint): bigint => {
  const wanted = rangeNano / 240n;
  if (rangeNano < 60n * second) return wanted > milliseconds50 ? down(wanted, milliseconds50) : milliseconds50;
  const granularity = granularities.find((one) => wanted > one);
  return granularity === undefined ? second : down(wanted, granularity);
};
