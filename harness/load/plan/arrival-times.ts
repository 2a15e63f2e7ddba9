// When each request is due, in whole microseconds from the run's zero: the points at which the area under the rate reaches 0, 1, 2 … (constant),
// or grows by exponential steps (Poisson, by time rescaling: Daley and Vere-Jones, An Introduction to the Theory of Point Processes, 7.4).
// Square roots are exact by IEEE 754, and the logarithm is our own: a seed gives the same times on every machine.
import { ln } from '../../traffic/exact-math.ts';
import { createRandom } from '../../traffic/random.ts';
import { expectedArrivals, type Stage } from './stage.ts';

export const arrivalKinds = ['constant', 'poisson'] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/** `stage`: its index in the plan. */
export type Arrival = { readonly stage: number; readonly atUs: number };

const microsecondsPerSecond = 1_000_000;

export const arrivalTimes = function* (stages: readonly Stage[], kind: ArrivalKind, seed: number): Generator<Arrival> {
  const random = createRandom(seed, 'load/arrivals');
  const step = kind === 'poisson' ? () => -ln(random.unit()) : () => 1;
  let area = kind === 'poisson' ? step() : 0;
  let areaBefore = 0;
  let beganUs = 0;
  for (const [index, stage] of stages.entries()) {
    const areaAfter = areaBefore + expectedArrivals(stage);
    for (; area < areaAfter; area += step())
      yield { stage: index, atUs: beganUs + Math.floor(secondsUntil(stage, area - areaBefore) * microsecondsPerSecond) };
    areaBefore = areaAfter;
    beganUs += Math.round(stage.seconds * microsecondsPerSecond);
  }
};

/** Solves from·t + (to - from)·t² / 2T = area, in the form that loses no digits where the rate hardly changes. */
const secondsUntil = ({ seconds, fromPerSecond: from, toPerSecond: to }: Stage, area: number): number => {
  if (area <= 0) return 0;
  const root = Math.sqrt(Math.max(0, from * from + (2 * (to - from) * area) / seconds));
  return Math.min(seconds, (2 * area) / (from + root));
};
