// When events arrive: an open-loop process, each phase at its own rate, in whole microseconds from the run's zero.
import type { Phase, Traffic } from '../scenario/scenario.ts';
import { ln } from './exact-math.ts';
import type { Random } from './random.ts';

export type Arrival = { readonly phase: string; readonly atUs: number };

const microsecondsPerSecond = 1_000_000;

export const planArrivals = (phases: readonly Phase[], kind: Traffic['arrivals'], random: Random): Arrival[] => {
  const arrivals: Arrival[] = [];
  let fromUs = 0;
  for (const phase of phases) {
    const lengthUs = Math.round(phase.seconds * microsecondsPerSecond);
    const gap = kind === 'poisson' ? poissonGap(phase.ratePerSecond, random) : constantGap(phase.ratePerSecond);
    for (const offsetUs of offsets(lengthUs, gap)) arrivals.push({ phase: phase.name, atUs: fromUs + offsetUs });
    fromUs += lengthUs;
  }
  return arrivals;
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
