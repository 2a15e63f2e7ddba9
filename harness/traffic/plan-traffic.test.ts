import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Traffic } from '../scenario/scenario.ts';
import { createBodyMaker } from './body.ts';
import { exp, ln } from './exact-math.ts';
import { poisonedPrefix } from './keys.ts';
import { digestOf, planTraffic, type TrafficPlan } from './plan-traffic.ts';
import type { PlannedOperation } from './planned-operation.ts';
import { oversizedLimit } from './poison.ts';
import type { TrafficSource } from './plan-events.ts';

const plain: Traffic = { arrivals: 'poisson', keys: { kind: 'zipf', count: 50, exponent: 1 } };
const sourceOf = (traffic: Partial<Traffic> = {}, ratePerSecond = 100): TrafficSource => ({
  name: 'test',
  phases: [
    { name: 'first', kind: 'warm-up', seconds: 1, ratePerSecond },
    { name: 'second', kind: 'steady', seconds: 2, ratePerSecond: ratePerSecond * 2 },
  ],
  traffic: { ...plain, ...traffic },
});
const kinds = ['broken-json', 'wrong-types', 'oversized', 'hostile-text', 'handler-throws', 'handler-hangs'] as const;
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const traffics: fc.Arbitrary<Partial<Traffic>> = fc.record({
  arrivals: fc.constantFrom('poisson' as const, 'constant' as const),
  sequenced: fc.boolean(),
  duplicates: fc.record({ share: fc.double({ min: 0.01, max: 1, noNaN: true }), withinMs: fc.integer({ min: 1, max: 5000 }) }),
  disorder: fc.record({ share: fc.double({ min: 0.01, max: 1, noNaN: true }), places: fc.integer({ min: 1, max: 60 }) }),
  poison: fc.record({ share: fc.double({ min: 0.01, max: 0.5, noNaN: true }), kinds: fc.subarray([...kinds], { minLength: 2 }) }),
});
const holds = (property: (plan: TrafficPlan, source: TrafficSource, seed: number) => void): void =>
  fc.assert(
    fc.property(traffics, seeds, (traffic, seed) => {
      const source = sourceOf(traffic, 40);
      property(planTraffic(source, seed), source, seed);
    }),
    { numRuns: 40 },
  );
const keyOf = ({ systemName, objectId }: PlannedOperation): string => `${systemName}/${objectId}`;

test('the same seed gives the same plan, another seed another', () => {
  const [source, digest] = [sourceOf(), (seed: number) => digestOf(planTraffic(sourceOf(), seed), seed)];
  expect(planTraffic(source, 7)).toEqual(planTraffic(source, 7));
  expect(digest(7)).toBe(digest(7));
  expect(digest(7)).not.toBe(digest(8));
});

test('a plan is the same on every machine and in every version: this digest may only change with the plan itself', () => {
  const source = sourceOf({
    sequenced: true,
    duplicates: { share: 0.1, withinMs: 300 },
    disorder: { share: 0.3, places: 20 },
    poison: { share: 0.1, kinds },
  });
  expect(digestOf(planTraffic(source, 42), 42)).toMatchInlineSnapshot(`"b138496a7dc333bec9ab7c47773e2085b07d1aa76fc93627ec80483c21f10f5f"`);
});

test('operations are numbered in the order of their intended times, which lie in their phases', () => {
  holds(({ operations, durationMs }) => {
    operations.forEach((operation, place) => {
      expect(operation.op).toBe(place);
      expect(operation.intendedAtMs).toBeGreaterThanOrEqual(operations[place - 1]?.intendedAtMs ?? 0);
      expect(operation.intendedAtMs).toBeLessThan(durationMs);
      expect(operation.phase).toBe(operation.intendedAtMs < 1000 ? 'first' : 'second');
    });
  });
});

test('a duplicate comes after its original, within its bound, with the same body', () => {
  holds(({ operations }, { traffic }, seed) => {
    const bodyOf = createBodyMaker(seed);
    const originals = new Map(operations.filter(({ delivery }) => delivery === 'first').map((operation) => [operation.event, operation]));
    for (const again of operations.filter(({ delivery }) => delivery === 'duplicate')) {
      const first = originals.get(again.event)!;
      expect(again.op).toBeGreaterThan(first.op);
      // A nanosecond for the rounding of the sum.
      expect(again.intendedAtMs - first.intendedAtMs).toBeLessThanOrEqual(traffic.duplicates!.withinMs + 1e-6);
      expect(bodyOf(again).equals(bodyOf(first))).toBe(true);
    }
  });
});

test('disorder moves no event by more places than it may', () => {
  holds(({ operations }, { traffic }) => {
    const firsts = operations.filter(({ delivery }) => delivery === 'first');
    firsts.forEach(({ event }, seat) => expect(Math.abs(event - seat)).toBeLessThanOrEqual(traffic.disorder!.places));
  });
});

test('disorder moves about the share that it was given, and without it nothing moves', () => {
  const firsts = planTraffic(sourceOf({ disorder: { share: 0.3, places: 50 } }, 1000), 3).operations;
  const overtaken = firsts.filter(({ event }, seat) =>
    firsts.slice(Math.max(0, seat - 50), seat).some((before) => before.event > event),
  ).length;
  expect(overtaken / firsts.length).toBeGreaterThan(0.2);
  planTraffic(sourceOf(), 3).operations.forEach(({ event }, seat) => expect(event).toBe(seat));
});

test('the numbers of a key are 1, 2, 3 … with none left out, over the events that are accepted', () => {
  holds(({ operations }, { traffic }) => {
    const accepted = operations.filter(({ delivery, expected }) => delivery === 'first' && expected.status === 200);
    for (const sent of Map.groupBy(accepted, keyOf).values()) {
      const numbers = sent.map(({ sequence }) => sequence).toSorted((left, right) => Number(left) - Number(right));
      expect(numbers).toEqual(traffic.sequenced === true ? numbers.map((_number, index) => index + 1) : numbers.map(() => null));
    }
  });
});

test('every event has an identity of its own', () => {
  holds(({ operations }) => {
    const firsts = operations.filter(({ delivery }) => delivery === 'first');
    expect(new Set(firsts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(firsts.length);
  });
});

test('poison that is due during one phase is in no other, whatever goes on in those before it', () => {
  const ramp = { name: 'ramp', kind: 'warm-up', seconds: 4, ratePerSecond: 100, shape: { kind: 'ramp', toPerSecond: 900 } } as const;
  const source = sourceOf({ poison: { share: 0.1, kinds: ['broken-json', 'wrong-types'], during: 'second' } }, 1000);
  const { operations } = planTraffic({ ...source, phases: [ramp, ...source.phases] }, 5);
  const poisoned = operations.filter(({ poison }) => poison !== null);
  expect(new Set(poisoned.map(({ phase }) => phase))).toEqual(new Set(['second']));
  expect(poisoned.length / operations.filter(({ phase }) => phase === 'second').length).toBeCloseTo(0.1, 1);
});

test('poison sits on keys of its own, and good events of the same key come after it', () => {
  const { operations } = planTraffic(sourceOf({ poison: { share: 0.02, kinds } }, 1000), 5);
  for (const sent of Map.groupBy(operations, keyOf).values()) {
    const isPoisoned = sent[0]!.objectId.startsWith(poisonedPrefix);
    expect(sent.some(({ poison }) => poison !== null)).toBe(isPoisoned);
  }
  const parked = [...Map.groupBy(operations, keyOf).values()].filter((sent) => sent.some(({ poison }) => poison === 'handler-throws'));
  const shapes = parked.map((sent) => sent.map(({ poison }) => poison ?? 'good').join(' '));
  expect(shapes.filter((shape) => shape === 'good handler-throws good good').length).toBeGreaterThanOrEqual(parked.length - 2);
});

test('each kind of poison has its turn, and oversized bodies are few', () => {
  const { operations } = planTraffic(sourceOf({ poison: { share: 0.1, kinds } }, 1000), 5);
  const counts = new Map([...Map.groupBy(operations, ({ poison }) => poison)].map(([kind, list]) => [kind, list.length]));
  for (const kind of kinds) expect(counts.get(kind)).toBeGreaterThanOrEqual(oversizedLimit);
  expect(counts.get('oversized')).toBe(oversizedLimit);
});

test('a few requests of each phase are marked, none twice, none that is poison or a duplicate', () => {
  holds(({ operations }) => {
    const marked = operations.filter(({ traceId }) => traceId !== null);
    expect(marked.length).toBeLessThanOrEqual(10);
    expect(new Set(marked.map(({ traceId }) => traceId)).size).toBe(marked.length);
    for (const { traceId, poison, delivery } of marked) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect([poison, delivery]).toEqual([null, 'first']);
    }
  });
  const steady = planTraffic(sourceOf(), 1).operations.filter(({ traceId }) => traceId !== null);
  expect(steady.map(({ phase }) => phase)).toEqual([...Array(5).fill('first'), ...Array(5).fill('second')]);
});

test('arrivals come at their phase’s rate', () => {
  const constant = planTraffic(sourceOf({ arrivals: 'constant' }), 1).operations;
  expect(constant.filter(({ phase }) => phase === 'first')).toHaveLength(100);
  expect(constant.filter(({ phase }) => phase === 'second')).toHaveLength(400);
  const poisson = planTraffic(sourceOf({}, 2000), 1).operations;
  expect(Math.abs(poisson.length - 10_000)).toBeLessThan(400);
});

test('Zipf keys are few and hot, uniform ones are not', () => {
  const hottest = (traffic: Partial<Traffic>): number => {
    const { operations } = planTraffic(sourceOf(traffic, 1000), 1);
    return Math.max(...[...Map.groupBy(operations, keyOf).values()].map((sent) => sent.length)) / operations.length;
  };
  expect(hottest({})).toBeCloseTo(1 / 4.5, 1);
  expect(hottest({ keys: { kind: 'uniform', count: 50 } })).toBeLessThan(0.04);
});

test('logarithm and exponential are those of mathematics', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-10, max: 1e10, noNaN: true }), (value) => {
      expect(Math.abs(ln(value) - Math.log(value))).toBeLessThan(1e-12 * Math.max(1, Math.abs(Math.log(value))));
      expect(exp(Math.log(value)) / value).toBeCloseTo(1, 10);
    }),
  );
});
