// When events arrive: an open-loop process, each phase at its own rate, in whole microseconds from the run's zero.
import { rateAt } from '../scenario/rate-shape.ts';
import type { Phase, RateShape, Traffic } from '../scenario/scenario.ts';
import { ln } from './exact-math.ts';
import { createRandom, type Random } from './random.ts';

export type Arrival = { readonly phase: string; readonly atUs: number };

const microsecondsPerSecond = 1_000_000;

export const planArrivals = (phases: readonly Phase[], kind: Traffic['arrivals'], seed: number): Arrival[] => {
  const random = createRandom(seed, 'arrivals');
  const arrivals: Arrival[] = [];
  let fromUs = 0;
  for (const phase of phases) {
    const lengthUs = Math.round(phase.seconds * microsecondsPerSecond);
    for (const offsetUs of offsetsOf(phase, lengthUs, kind, random, seed)) arrivals.push({ phase: phase.name, atUs: fromUs + offsetUs });
    fromUs += lengthUs;
  }
  return arrivals;
};

const offsetsOf = (phase: Phase, lengthUs: number, kind: Traffic['arrivals'], random: Random, seed: number): Generator<number> => {
  if (phase.shape === undefined)
    return offsets(lengthUs, kind === 'poisson' ? poissonGap(phase.ratePerSecond, random) : constantGap(phase.ratePerSecond));
  const rate = phase.shape.kind === 'bursty' ? burstRate(phase, phase.shape, createRandom(seed, `bursts/${phase.name}`)) : shapeRate(phase);
  return shapedOffsets(lengthUs, rate, kind === 'poisson' ? () => -ln(random.unit()) : () => 1, kind === 'poisson');
};

type Gap = (previousUs: number, index: number) => number;

const constantGap =
  (ratePerSecond: number): Gap =>
  (_previous, index) =>
    Math.floor((index * microsecondsPerSecond) / ratePerSecond);

const poissonGap =
  (ratePerSecond: number, random: Random): Gap =>
  (previousUs) =>
    previousUs + Math.floor((-ln(random.unit()) * microsecondsPerSecond) / ratePerSecond);

const offsets = function* (lengthUs: number, next: Gap): Generator<number> {
  let atUs = 0;
  for (let index = 0; ; index += 1) {
    atUs = next(atUs, index);
    if (!(atUs < lengthUs)) return;
    yield atUs;
  }
};

type Rate = (atUs: number) => number;

const shapeRate =
  (phase: Phase): Rate =>
  (atUs) =>
    rateAt(phase, atUs / microsecondsPerSecond);

/** Calm first, then bursts and calm in turn, their lengths exponential. */
const burstRate = (
  { ratePerSecond, seconds }: Phase,
  { toPerSecond, burstSeconds, calmSeconds }: Extract<RateShape, { readonly kind: 'bursty' }>,
  random: Random,
): Rate => {
  const endsUs: number[] = [];
  for (let atUs = 0; atUs < seconds * microsecondsPerSecond; endsUs.push(atUs))
    atUs += Math.ceil(-ln(random.unit()) * (endsUs.length % 2 === 0 ? calmSeconds : burstSeconds) * microsecondsPerSecond);
  // Asked for one moment after the other: the stretch of the last one, or one behind it.
  let stretch = 0;
  return (atUs) => {
    while (stretch < endsUs.length - 1 && atUs >= (endsUs[stretch] as number)) stretch += 1;
    return stretch % 2 === 1 ? toPerSecond : ratePerSecond;
  };
};

/** Short against anything that a shape does, and a whole number of microseconds. */
const stepUs = 1000;

/** Where the area below the rate passes the next amount that is due: one for each arrival, or exponential with mean one for a Poisson process. */
const shapedOffsets = function* (lengthUs: number, rate: Rate, next: () => number, isPoisson: boolean): Generator<number> {
  let area = 0;
  let due = isPoisson ? next() : 0;
  for (let fromUs = 0; fromUs < lengthUs; fromUs += stepUs) {
    const widthUs = Math.min(stepUs, lengthUs - fromUs);
    const gain = (rate(fromUs + widthUs / 2) * widthUs) / microsecondsPerSecond;
    for (; due < area + gain; due += next()) yield fromUs + Math.min(widthUs - 1, Math.floor(((due - area) / gain) * widthUs));
    area += gain;
  }
};
