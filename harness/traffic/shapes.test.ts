// Arrivals that change their rate, keys that are hot, clocks that are off: counted over generated traffic.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanRate, peakRate, rateAt } from '../scenario/rate-shape.ts';
import type { Phase, RateShape, Traffic } from '../scenario/scenario.ts';
import { planArrivals } from './arrivals.ts';
import { eventTimeMs } from './body.ts';
import { cosOfTurns } from './exact-math.ts';
import { digestOf, planTraffic } from './plan-traffic.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const rates = fc.integer({ min: 1, max: 2000 });
const drawnShapes: fc.Arbitrary<Exclude<RateShape, { readonly kind: 'bursty' }>> = fc.oneof(
  fc.record({ kind: fc.constant('ramp' as const), toPerSecond: rates }),
  fc.record({ kind: fc.constant('step' as const), toPerSecond: rates, steps: fc.integer({ min: 2, max: 9 }) }),
  fc.record({
    kind: fc.constant('spike' as const),
    toPerSecond: rates,
    afterSeconds: fc.integer({ min: 0, max: 2 }),
    seconds: fc.constant(1),
  }),
  fc.record({ kind: fc.constant('diurnal' as const), toPerSecond: rates, periodSeconds: fc.integer({ min: 1, max: 5 }) }),
);
const bursty = { kind: 'bursty', toPerSecond: 2000, burstSeconds: 0.2, calmSeconds: 0.3 } as const;
const phases: fc.Arbitrary<Phase> = fc.record({
  name: fc.constant('only'),
  kind: fc.constant('steady' as const),
  seconds: fc.constantFrom(3, 3.5, 4.001),
  ratePerSecond: rates,
  shape: fc.oneof(drawnShapes, fc.constant(bursty)),
});

describe('arrivals with a shape', () => {
  test('come in order, inside of their phase, at whole microseconds, and the same for the same seed', () => {
    fc.assert(
      fc.property(phases, seeds, fc.constantFrom('poisson' as const, 'constant' as const), (phase, seed, kind) => {
        const arrivals = planArrivals([phase], kind, seed);
        let before = 0;
        for (const { atUs } of arrivals) {
          if (atUs < before || atUs >= phase.seconds * 1_000_000 || !Number.isInteger(atUs)) return false;
          before = atUs;
        }
        expect(planArrivals([phase], kind, seed)).toEqual(arrivals);
        return true;
      }),
      { numRuns: 60 },
    );
  });

  test('are as many as the area below the rate: to one where they are constant, and as a Poisson process varies', () => {
    fc.assert(
      fc.property(
        phases.filter(({ shape }) => shape?.kind !== 'bursty'),
        seeds,
        (phase, seed) => {
          const expected = phase.seconds * meanRate(phase);
          const constant = planArrivals([phase], 'constant', seed).length;
          // The mean is taken over a thousand samples, a spike's edges fall between two of them.
          expect(Math.abs(constant - expected)).toBeLessThanOrEqual(2 + peakRate(phase) * phase.seconds * 0.002);
          const poisson = planArrivals([phase], 'poisson', seed).length;
          expect(Math.abs(poisson - expected)).toBeLessThanOrEqual(10 + 6 * Math.sqrt(expected) + peakRate(phase) * phase.seconds * 0.002);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('follow the rate within the phase, not only in all', () => {
    const at = (shape: RateShape) =>
      planArrivals([{ name: 'only', kind: 'steady', seconds: 10, ratePerSecond: 100, shape }], 'constant', 1);
    const within = (shape: RateShape, from: number, to: number): number =>
      at(shape).filter(({ atUs }) => atUs >= from * 1_000_000 && atUs < to * 1_000_000).length;
    const near = (count: number, expected: number): void => expect(Math.abs(count - expected)).toBeLessThanOrEqual(2);
    near(within({ kind: 'ramp', toPerSecond: 1100 }, 0, 1), 150);
    near(within({ kind: 'ramp', toPerSecond: 1100 }, 9, 10), 1050);
    near(within({ kind: 'step', toPerSecond: 500, steps: 5 }, 2, 4), 400);
    near(within({ kind: 'step', toPerSecond: 500, steps: 5 }, 8, 10), 1000);
    near(within({ kind: 'spike', toPerSecond: 900, afterSeconds: 3, seconds: 2 }, 3, 5), 1800);
    near(within({ kind: 'spike', toPerSecond: 900, afterSeconds: 3, seconds: 2 }, 5, 10), 500);
    near(within({ kind: 'diurnal', toPerSecond: 900, periodSeconds: 10 }, 0, 10), 5000);
    near(within({ kind: 'diurnal', toPerSecond: 900, periodSeconds: 10 }, 4.5, 5.5), 893);
  });

  test('in bursts are calm and burst in turn, and as often as was asked for over a long time', () => {
    const seconds = 400;
    const phase: Phase = { name: 'only', kind: 'steady', seconds, ratePerSecond: 10, shape: { ...bursty, toPerSecond: 1000 } };
    const arrivals = planArrivals([phase], 'constant', 5);
    expect(arrivals.length / seconds / meanRate(phase)).toBeGreaterThan(0.85);
    expect(arrivals.length / seconds / meanRate(phase)).toBeLessThan(1.15);
    const perTenth = new Map(
      [...Map.groupBy(arrivals, ({ atUs }) => Math.floor(atUs / 100_000))].map(([tenth, list]) => [tenth, list.length]),
    );
    const counts = Array.from({ length: seconds * 10 }, (_unused, tenth) => perTenth.get(tenth) ?? 0);
    expect(counts.filter((count) => count <= 2).length / counts.length).toBeGreaterThan(0.3);
    expect(counts.filter((count) => count >= 99).length / counts.length).toBeGreaterThan(0.15);
    expect(Math.max(...counts)).toBeLessThanOrEqual(101);
  });

  test('begin and end where the shape says', () => {
    fc.assert(
      fc.property(drawnShapes, rates, (shape, ratePerSecond) => {
        const phase = { ratePerSecond, seconds: 5, shape };
        const values = Array.from({ length: 100 }, (_unused, index) => rateAt(phase, index * 0.05));
        const [low, high] = [Math.min(ratePerSecond, shape.toPerSecond), Math.max(ratePerSecond, shape.toPerSecond)];
        for (const value of values) expect(value >= low - 1e-6 && value <= high + 1e-6).toBe(true);
        const first = shape.kind === 'spike' && shape.afterSeconds === 0 ? shape.toPerSecond : ratePerSecond;
        expect(values[0]).toBeCloseTo(first, 6);
      }),
    );
  });

  test('have the cosine of mathematics', () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (turns) => {
        expect(cosOfTurns(turns)).toBeCloseTo(Math.cos(2 * Math.PI * turns), 9);
      }),
    );
  });
});

const planOf = (traffic: Partial<Traffic>, seed = 3) =>
  planTraffic(
    {
      name: 'test',
      phases: [{ name: 'only', kind: 'steady', seconds: 2, ratePerSecond: 1000 }],
      traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 50 }, ...traffic },
    },
    seed,
  ).operations;

describe('keys', () => {
  test('that are hot take their share, and the others the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0.1, max: 0.95, noNaN: true }), seeds, (hot, share, seed) => {
        const operations = planOf({ keys: { kind: 'hot', count: 200, hot, share } }, seed);
        const isHot = ({ objectId }: { readonly objectId: string }): boolean => Number(objectId.split('-')[1]) < hot;
        expect(Math.abs(operations.filter(isHot).length / operations.length - share)).toBeLessThan(0.07);
      }),
      { numRuns: 30 },
    );
  });

  test('of which all are hot are uniform', () => {
    const operations = planOf({ keys: { kind: 'hot', count: 5, hot: 5, share: 0.5 } });
    expect(new Set(operations.map(({ objectId }) => objectId)).size).toBe(5);
  });
});

describe('clocks', () => {
  test('of a producer are off for good, by no more than they may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 100_000 }), seeds, (count, skewMs, seed) => {
        const operations = planOf({ producers: { count, skewMs } }, seed);
        const byProducer = Map.groupBy(operations, ({ producer }) => producer);
        expect(byProducer.size).toBe(count);
        for (const sent of byProducer.values()) {
          expect(new Set(sent.map(({ clockOffMs }) => clockOffMs)).size).toBe(1);
          expect(Math.abs(sent[0]!.clockOffMs!)).toBeLessThanOrEqual(skewMs);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('late events lie back and early ones ahead, each in its share, and no further than they may', () => {
    const offsets = planOf({ late: { share: 0.2, byMs: 60_000 }, early: { share: 0.1, byMs: 500 } }).map(
      ({ clockOffMs }) => clockOffMs ?? 0,
    );
    const share = (is: (ms: number) => boolean): number => offsets.filter(is).length / offsets.length;
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(-60_000);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(500);
    expect(share((ms) => ms < 0)).toBeCloseTo(0.2, 1);
    expect(share((ms) => ms > 0)).toBeCloseTo(0.08, 1);
  });

  test('that nothing is said of are right, and the plan is the one without them', () => {
    expect(planOf({}).every((operation) => operation.clockOffMs === undefined && operation.producer === undefined)).toBe(true);
    expect(eventTimeMs(1) - eventTimeMs(0)).toBe(5);
  });
});

test('a plan with everything that is new is the same on every machine: this digest may only change with the plan itself', () => {
  const shapes: readonly RateShape[] = [
    { kind: 'ramp', toPerSecond: 300 },
    { kind: 'step', toPerSecond: 300, steps: 3 },
    { kind: 'spike', toPerSecond: 900, afterSeconds: 0.3, seconds: 0.2 },
    { kind: 'diurnal', toPerSecond: 400, periodSeconds: 0.7 },
    { kind: 'bursty', toPerSecond: 800, burstSeconds: 0.1, calmSeconds: 0.2 },
  ];
  const source = {
    name: 'new',
    phases: shapes.map((shape, index) => ({ name: `p${index}`, kind: 'steady' as const, seconds: 1, ratePerSecond: 100, shape })),
    traffic: {
      arrivals: 'poisson' as const,
      keys: { kind: 'hot' as const, count: 40, hot: 4, share: 0.6 },
      producers: { count: 4, skewMs: 3000 },
      late: { share: 0.1, byMs: 10_000 },
      early: { share: 0.1, byMs: 10_000 },
      duplicates: { share: 0.1, withinMs: 300 },
    },
  };
  expect(digestOf(planTraffic(source, 42), 42)).toMatchInlineSnapshot(`"bd0eeb99acfe37d015f20953b87cf80125e9d4df4ca3e52f180acf4f89d8fead"`);
});
