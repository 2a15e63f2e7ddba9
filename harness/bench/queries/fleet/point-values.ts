// How the values of a made fleet move from second to second: counters that rise in steps, gauges that wander, histograms that fill around a centre.
import type { Random } from '../../../traffic/random.ts';
import type { Instrument } from './fleet.ts';

export type HistogramValue = { readonly counts: readonly number[]; readonly count: number; readonly sum: number };

/** The next second's value. */
export type NextValue = () => number | HistogramValue;

/** Most label sets of a system see little traffic: errors, refusals, retries. */
const quietShare = 0.4;

const counter = (random: Random): NextValue => {
  const most = random.chance(quietShare) ? 1 : random.int(10, 400);
  let value = 0;
  return () => (value += most === 1 ? Number(random.chance(0.02)) : random.int(0, most));
};

const pageBytes = 4_096;

const gauge = (unit: string, random: Random): NextValue => {
  if (unit === '1') return () => random.int(0, 1_000_000) / 1_000_000;
  if (unit === 's') return () => random.int(0, 2_000) / 1_000;
  if (unit === 'By') {
    let bytes = 80_000_000 + pageBytes * random.int(0, 1_000);
    return () => (bytes = Math.max(0, bytes + pageBytes * random.int(-40, 40)));
  }
  if (unit === '{phase}') return () => random.int(0, 1);
  const isSteady = random.chance(quietShare);
  return () => (isSteady ? 0 : random.int(0, 200));
};

const spread = 3;

const histogram = (bounds: readonly number[], random: Random): NextValue => {
  const centre = random.int(2, bounds.length - 3);
  const most = random.chance(quietShare) ? 0 : random.int(1, 60);
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let [count, sum] = [0, 0];
  return () => {
    for (let observed = random.int(0, most); observed > 0; observed -= 1) {
      // Two dice: the middle is likelier than the ends.
      const bucket = Math.min(bounds.length, Math.max(0, centre + random.int(-spread, spread) + random.int(0, 1)));
      counts[bucket]! += 1;
      count += 1;
      sum += (bounds[bucket] ?? bounds.at(-1)! * 1.5) * (1 - random.unit() / 4);
    }
    return { counts: [...counts], count, sum };
  };
};

/** One for each point of the instrument. */
export const valuesOf = ({ signal, bounds, points }: Instrument, random: Random): readonly NextValue[] =>
  points.map(() => {
    if (signal.kind === 'counter') return counter(random);
    return signal.kind === 'gauge' ? gauge(signal.unit, random) : histogram(bounds, random);
  });
