// One process's share of a plan: every n-th arrival, so that all processes see the same shape. Times in flat arrays: a million arrivals are 10 MB.
import { type ArrivalKind, arrivalTimes } from './arrival-times.ts';
import { totalArrivals, type Stage } from './stage.ts';

export type Share = { readonly index: number; readonly of: number };

export type SharedArrivals = {
  readonly count: number;
  /** Milliseconds since the run's zero. */
  readonly intendedAtMs: Float64Array;
  readonly stageOf: Uint16Array;
  /** The place in the whole plan, from 0. */
  readonly numberOf: (index: number) => number;
};

export const arrivalsOfShare = (stages: readonly Stage[], kind: ArrivalKind, seed: number, { index, of }: Share): SharedArrivals => {
  const room = capacityFor(totalArrivals(stages) / of);
  const intendedAtMs = new Float64Array(room);
  const stageOf = new Uint16Array(room);
  let number = 0;
  let count = 0;
  for (const { stage, atUs } of arrivalTimes(stages, kind, seed)) {
    if (number % of === index) {
      intendedAtMs[count] = atUs / 1000;
      stageOf[count] = stage;
      count += 1;
    }
    number += 1;
  }
  return { count, intendedAtMs, stageOf, numberOf: (own) => own * of + index };
};

/** A Poisson plan has more or fewer than expected: ten standard deviations of room, and then some. */
const capacityFor = (expected: number): number => Math.ceil(expected + 10 * Math.sqrt(expected) + 64);
