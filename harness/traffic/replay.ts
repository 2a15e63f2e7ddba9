// A recording as drafts of deliveries: the same times, keys, numbers, second deliveries and kinds of poison, with identities and bodies of this run.
import type { PoisonKind, Recording } from '../scenario/scenario.ts';
import type { Draft, PhaseEnd } from './duplicates.ts';
import type { PlannedEvent } from './planned-operation.ts';
import { expectedAnswer } from './poison.ts';

export const replayDrafts = (name: string, recording: Recording, phaseEnds: readonly PhaseEnd[], seed: number): Draft[] => {
  const events = replayEvents(name, recording, seed);
  const delivered = new Set<number>();
  return recording.deliveries.flatMap(([atUs, event]): Draft[] => {
    const intendedAtMs = atUs / 1000;
    const phase = phaseEnds.find(({ toMs }) => intendedAtMs < toMs)?.name;
    const planned = events[event];
    if (phase === undefined || planned === undefined) return [];
    const delivery = delivered.has(event) ? 'duplicate' : 'first';
    delivered.add(event);
    return [{ ...planned, phase, intendedAtMs, delivery }];
  });
};

const replayEvents = (name: string, { keys, events }: Recording, seed: number): readonly PlannedEvent[] => {
  const used = new Map<PoisonKind, number>();
  return events.map(({ key, eventName, sequence, poison }, event) => {
    const [systemName, objectId] = keys[key] as (typeof keys)[number];
    const variant = poison === null ? 0 : (used.get(poison) ?? 0);
    if (poison !== null) used.set(poison, variant + 1);
    const idempotencyKey = `${name}-${seed}-${event}`;
    return { event, systemName, objectId, eventName, idempotencyKey, sequence, poison, variant, expected: expectedAnswer(poison, variant) };
  });
};
