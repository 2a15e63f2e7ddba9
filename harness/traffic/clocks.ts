// What is wrong with the clocks of those who send: producers whose clocks are off for good, events that say they are from long ago, or from a time to come.
import type { Traffic } from '../scenario/scenario.ts';
import type { PlannedEvent } from './planned-operation.ts';
import { createRandom, type Random } from './random.ts';

type Clock = Pick<PlannedEvent, 'clockOffMs' | 'producer'>;

/** The next event's clock; nothing where the traffic says nothing of clocks, so that its plan is the same as without them. */
export const createClocks = ({ producers, late, early }: Traffic, seed: number): (() => Clock) => {
  if (producers === undefined && late === undefined && early === undefined) return () => ({});
  const random = createRandom(seed, 'clocks');
  const skews = producers === undefined ? [] : Array.from({ length: producers.count }, () => skew(producers.skewMs, random));
  return () => {
    const producer = skews.length === 0 ? undefined : random.int(0, skews.length - 1);
    const clockOffMs = (producer === undefined ? 0 : (skews[producer] as number)) + back(late, random) + ahead(early, random);
    return { ...(producer === undefined ? {} : { producer }), clockOffMs };
  };
};

const skew = (skewMs: number, random: Random): number => random.int(-skewMs, skewMs);

const ahead = (early: Traffic['early'], random: Random): number =>
  early !== undefined && random.chance(early.share) ? random.int(1, early.byMs) : 0;

const back = (late: Traffic['late'], random: Random): number => 0 - ahead(late, random);
