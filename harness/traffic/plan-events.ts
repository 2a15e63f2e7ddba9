// Which event happens in which seat: keys, names, sequences, and poison with the good events around it.
import type { Phase, PoisonKind, Traffic } from '../scenario/scenario.ts';
import { createKeyPicker, type PlannedKey, poisonedKey } from './keys.ts';
import type { PlannedEvent } from './planned-operation.ts';
import { createClocks } from './clocks.ts';
import { createTenantPicker } from './tenants.ts';
import { expectedAnswer, isParkedPoison, oversizedLimit } from './poison.ts';
import { createRandom } from './random.ts';

export type TrafficSource = { readonly name: string; readonly phases: readonly Phase[]; readonly traffic: Traffic };
type Seat = { readonly key: PlannedKey; readonly poison: PoisonKind | null; readonly variant: number };

export const eventNames = ['order.created', 'order.paid', 'order.packed', 'order.shipped', 'order.returned'] as const;

/** Where the other events of a poisoned key sit, counted from the good one that comes first. The last two must wait behind the poison. */
const poisonSeat = 4;
const followerSeats = [11, 29] as const;

/** A seat for each name of a phase, in which it lies. */
export const planEvents = (
  phaseOfSeat: readonly string[],
  { name, traffic }: Pick<TrafficSource, 'name' | 'traffic'>,
  seed: number,
): PlannedEvent[] => {
  const seats = planSeats(phaseOfSeat, traffic, seed);
  const sequences = new Map<string, number>();
  const names = createRandom(seed, 'names');
  const clockOf = createClocks(traffic, seed);
  return seats.map(({ key, poison, variant }, event) => {
    const expected = expectedAnswer(poison, variant);
    const sequence = traffic.sequenced === true && expected.status === 200 ? nextSequence(sequences, key) : null;
    const idempotencyKey = `${name}-${seed}-${event}`;
    const version = traffic.versions === true ? { schemaVersion: event % 2 === 0 ? (1 as const) : (2 as const) } : {};
    const withoutId = traffic.ids === 'none' ? { withoutId: true as const } : {};
    return {
      event,
      ...key,
      eventName: names.pick(eventNames),
      idempotencyKey,
      ...withoutId,
      sequence,
      poison,
      variant,
      expected,
      ...version,
      ...clockOf(),
    };
  });
};

const nextSequence = (sequences: Map<string, number>, { systemName, objectId }: PlannedKey): number => {
  const key = `${systemName}/${objectId}`;
  const sequence = (sequences.get(key) ?? 0) + 1;
  sequences.set(key, sequence);
  return sequence;
};

const planSeats = (phaseOfSeat: readonly string[], { keys, poison, tenants }: Traffic, seed: number): readonly Seat[] => {
  const count = phaseOfSeat.length;
  const ofTenant = createTenantPicker(tenants, createRandom(seed, 'tenants'));
  const pick = createKeyPicker(keys, createRandom(seed, 'keys'));
  const pickKey = (): PlannedKey => ofTenant(pick());
  const random = createRandom(seed, 'poison');
  const nextPoison = poisonInTurn(poison?.kinds ?? []);
  const seats: Seat[] = Array.from({ length: count });
  let poisonedKeys = 0;
  const isDue = (seat: number) => poison?.during === undefined || phaseOfSeat[seat] === poison.during;
  for (let seat = 0; seat < count; seat += 1) {
    if (seats[seat] !== undefined) continue;
    if (poison === undefined || !isDue(seat) || !random.chance(poison.share)) seats[seat] = { key: pickKey(), poison: null, variant: 0 };
    else placePoison(seats, seat, { key: ofTenant(poisonedKey(poisonedKeys++)), ...nextPoison() });
  }
  return seats;
};

/** Poison that is refused stands alone; poison for the handler gets good events of its key before and after it. */
const placePoison = (seats: Seat[], at: number, poisoned: Seat): void => {
  const good: Seat = { ...poisoned, poison: null, variant: 0 };
  const poisonAt = at + poisonSeat;
  if (!isParkedPoison(poisoned.poison) || poisonAt >= seats.length) {
    seats[at] = poisoned;
    return;
  }
  seats[at] = good;
  for (const [seat, content] of [[poisonAt, poisoned], ...followerSeats.map((offset) => [at + offset, good] as const)] as const) {
    const free = firstFree(seats, seat);
    if (free < seats.length) seats[free] = content;
  }
};

const firstFree = (seats: readonly (Seat | undefined)[], from: number): number => {
  let seat = from;
  while (seat < seats.length && seats[seat] !== undefined) seat += 1;
  return seat;
};

const poisonInTurn = (kinds: readonly PoisonKind[]): (() => { poison: PoisonKind; variant: number }) => {
  const used = new Map<PoisonKind, number>();
  let turn = 0;
  return () => {
    for (;;) {
      const poison = kinds[turn++ % kinds.length] as PoisonKind;
      const variant = used.get(poison) ?? 0;
      if (poison === 'oversized' && variant >= oversizedLimit && kinds.some((kind) => kind !== 'oversized')) continue;
      used.set(poison, variant + 1);
      return { poison, variant };
    }
  };
};
