// The whole traffic of a scenario, from its seed, before anything runs. Pure: the same seed gives the same plan on every machine.
import { createHash } from 'node:crypto';
import type { Phase, Recording } from '../scenario/scenario.ts';
import { planArrivals } from './arrivals.ts';
import { createBodyMaker } from './body.ts';
import { displace } from './disorder.ts';
import { addDuplicates, type Draft, type PhaseEnd } from './duplicates.ts';
import { markForTracing } from './marks.ts';
import { planEvents, type TrafficSource } from './plan-events.ts';
import type { PlannedOperation } from './planned-operation.ts';
import { createRandom } from './random.ts';
import { replayDrafts } from './replay.ts';

export type TrafficPlan = {
  readonly operations: readonly PlannedOperation[];
  readonly durationMs: number;
};

export const planTraffic = (source: TrafficSource, seed: number): TrafficPlan => {
  const { phases, traffic } = source;
  if (traffic.replay !== undefined) return replayTraffic(source, traffic.replay, seed);
  const arrivals = planArrivals(phases, traffic.arrivals, seed);
  const inOrder = planEvents(
    arrivals.map(({ phase }) => phase),
    source,
    seed,
  );
  const events = traffic.disorder === undefined ? inOrder : displace(inOrder, traffic.disorder, createRandom(seed, 'disorder'));
  const firsts = arrivals.map(({ phase, atUs }, seat): Draft => ({
    ...(events[seat] as (typeof events)[number]),
    phase,
    intendedAtMs: atUs / 1000,
    delivery: 'first',
  }));
  const ends = phaseEnds(phases);
  const drafts =
    traffic.duplicates === undefined ? firsts : addDuplicates(firsts, traffic.duplicates, ends, createRandom(seed, 'duplicates'));
  return { operations: markForTracing(number(drafts), seed), durationMs: ends.at(-1)?.toMs ?? 0 };
};

/** Times, keys, numbers, deliveries and kinds of poison are those of the recording; bodies are made from the seed, as always. What came after the last phase is left out. */
const replayTraffic = ({ name, phases }: TrafficSource, recording: Recording, seed: number): TrafficPlan => {
  const ends = phaseEnds(phases);
  const drafts = replayDrafts(name, recording, ends, seed);
  return { operations: markForTracing(number(drafts), seed), durationMs: ends.at(-1)?.toMs ?? 0 };
};

/** The sort is stable, so that a duplicate due at its original's moment still comes after it. */
const number = (drafts: readonly Draft[]): PlannedOperation[] =>
  drafts.toSorted((left, right) => left.intendedAtMs - right.intendedAtMs).map((draft, op) => ({ ...draft, op, traceId: null }));

const phaseEnds = (phases: readonly Phase[]): PhaseEnd[] => {
  let toMs = 0;
  return phases.map(({ name, seconds }) => {
    toMs += seconds * 1000;
    return { name, toMs };
  });
};

/** SHA-256 (hex) of every planned delivery with its body: equal digests are equal traffic. */
export const digestOf = ({ operations }: TrafficPlan, seed: number): string => {
  const bodyOf = createBodyMaker(seed);
  const hash = createHash('sha256');
  for (const operation of operations) {
    const { op, event, phase, intendedAtMs, delivery, traceId } = operation;
    hash.update(`${op}|${event}|${phase}|${Math.round(intendedAtMs * 1000)}|${delivery}|${traceId ?? ''}|`);
    hash.update(bodyOf(operation));
  }
  return hash.digest('hex');
};
