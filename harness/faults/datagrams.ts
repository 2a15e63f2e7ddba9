// A bad network for datagrams, by the UDP proxy that stands in the link. Evidence is what arrived by the target's own count, beside what was sent.
import { HarnessError } from '../engine/errors.ts';
import type { DatagramEffect } from '../scenario/faults/datagram-fault.ts';
import type { DatagramLinkOf, DatagramsSeen, RunningTarget } from '../targets/target.ts';
import type { FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed } from './timed-fault.ts';

/** What the target counted, and what went into the link in the same time. */
type Tally = DatagramsSeen & { readonly entered: number };

/** So many must have entered the link before anything is said about shares of them. */
const leastDatagrams = 20;
/** Between the two counts some are on their way. */
const onTheirWay = 3;
const measureMs = 500;

/** What an effect makes of a healthy tally, in datagrams: what is missing, too many, damaged, out of place. */
const felt: Readonly<Record<DatagramEffect['effect'], (tally: Tally) => number>> = {
  loss: ({ entered, received }) => entered - received,
  duplicate: ({ entered, received }) => received - entered,
  corrupt: ({ damaged }) => damaged,
  reorder: ({ displaced }) => displaced,
};

export const datagramEffects: readonly string[] = Object.keys(felt);

export const datagrams: FaultRunner<'datagrams'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const link = findLink(context.target, fault.link);
  const measure = async (): Promise<Tally> => {
    const before = await tallyOf(link);
    await context.clock.sleep(measureMs, context.signal);
    return difference(before, await tallyOf(link));
  };
  const look = async (event: string, holds: (hit: number, entered: number) => boolean): Promise<Look> => {
    const tally = await measure();
    const hit = felt[fault.effect](tally);
    const observed =
      `of ${tally.entered} datagrams sent the target received ${tally.received}, ` +
      `${tally.damaged} of them damaged and ${tally.displaced} out of their place`;
    return { is: tally.entered >= leastDatagrams && holds(hit, tally.entered), source: 'target', observed, data: { event, tally } };
  };
  const { kind: _kind, name: _name, at: _at, link: _link, seconds: _seconds, ...effect } = fault;
  return runTimed(fault, context, observations, {
    inject: () => link.proxy.apply(effect, context.seed),
    look: () => look('felt', (hit, entered) => hit > Math.max(onTheirWay, (entered * fault.share) / 4)),
    lookAfter: () => look('healed', (hit) => hit <= onTheirWay),
  });
};

const findLink = (target: RunningTarget, name: string): DatagramLinkOf => {
  const found = target.datagramLinks?.().find((link) => link.name === name);
  if (found !== undefined) return found;
  throw new HarnessError('FL_SCENARIO_INVALID', `a fault lies on link ${name}, but the target takes no datagrams there`);
};

const tallyOf = async ({ proxy, seen }: DatagramLinkOf): Promise<Tally> => {
  const [{ received: entered }, counted] = await Promise.all([proxy.counts(), seen()]);
  return { entered, ...counted };
};

const difference = (before: Tally, after: Tally): Tally => ({
  entered: after.entered - before.entered,
  received: after.received - before.received,
  damaged: after.damaged - before.damaged,
  displaced: after.displaced - before.displaced,
});
