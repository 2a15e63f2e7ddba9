import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrivalTimes } from './arrival-times.ts';
import { type ShapeOptions, stagesOf } from './shapes.ts';
import { arrivalsOfShare } from './share.ts';
import { type Stage, totalArrivals, totalSeconds } from './stage.ts';

const options: ShapeOptions = { shape: 'constant', seconds: 10, ratePerSecond: 100, toPerSecond: 400, steps: 4, spikeSeconds: 2 };
const times = (stages: readonly Stage[], kind: 'constant' | 'poisson' = 'constant', seed = 1) => [...arrivalTimes(stages, kind, seed)];

test('a constant rate puts the n-th request at n divided by the rate', () => {
  const arrivals = times(stagesOf(options));
  expect(arrivals).toHaveLength(1000);
  expect(arrivals.slice(0, 4).map(({ atUs }) => atUs)).toEqual([0, 10_000, 20_000, 30_000]);
  expect(arrivals.at(-1)?.atUs).toBe(9_990_000);
});

test('a ramp has the density of its line at every place, and as many requests as the area under it', () => {
  const arrivals = times(stagesOf({ ...options, shape: 'ramp' }));
  expect(arrivals).toHaveLength(2500);
  const within = (from: number, to: number) => arrivals.filter(({ atUs }) => atUs >= from * 1e6 && atUs < to * 1e6).length;
  expect(Math.abs(within(0, 1) - 115)).toBeLessThanOrEqual(1);
  expect(Math.abs(within(9, 10) - 385)).toBeLessThanOrEqual(1);
});

test('a ramp from nothing and a ramp down to nothing mirror each other', () => {
  const up = times(stagesOf({ ...options, shape: 'ramp', ratePerSecond: 0, toPerSecond: 100 }));
  const down = times(stagesOf({ ...options, shape: 'ramp', ratePerSecond: 100, toPerSecond: 0 }));
  expect(up).toHaveLength(500);
  expect(down).toHaveLength(500);
  expect(up.at(1)?.atUs).toBe(Math.floor(Math.sqrt(0.2) * 1e6));
});

test('steps rise evenly, and a spike stands in the middle', () => {
  expect(stagesOf({ ...options, shape: 'step' }).map(({ name, fromPerSecond }) => [name, fromPerSecond])).toEqual([
    ['step-1', 100],
    ['step-2', 200],
    ['step-3', 300],
    ['step-4', 400],
  ]);
  expect(stagesOf({ ...options, shape: 'spike' })).toMatchObject([
    { name: 'before', seconds: 4, fromPerSecond: 100 },
    { name: 'spike', seconds: 2, fromPerSecond: 400 },
    { name: 'after', seconds: 4, fromPerSecond: 100 },
  ]);
});

test('Poisson arrivals come from the seed, and their gaps are spread as exponential ones are', () => {
  const stages = stagesOf({ ...options, seconds: 100 });
  const arrivals = times(stages, 'poisson');
  expect(times(stages, 'poisson')).toEqual(arrivals);
  expect(times(stages, 'poisson', 2)).not.toEqual(arrivals);
  const gaps = arrivals.slice(1).map(({ atUs }, index) => atUs - (arrivals[index]?.atUs ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(mean).toBeGreaterThan(9_700);
  expect(mean).toBeLessThan(10_300);
  expect(deviation / mean).toBeGreaterThan(0.95);
  expect(deviation / mean).toBeLessThan(1.05);
});

const anyStage = fc.record({
  seconds: fc.integer({ min: 1, max: 20 }),
  from: fc.integer({ min: 0, max: 300 }),
  to: fc.integer({ min: 0, max: 300 }),
});
const anyPlan = fc.array(anyStage, { minLength: 1, maxLength: 4 }).map((list) =>
  list.map(({ seconds, from, to }, index): Stage => ({
    name: `s${index}`,
    kind: 'steady',
    seconds,
    fromPerSecond: from,
    toPerSecond: to,
  })),
);

test('times never go back, lie within their stage, and add up to the area under the rate', () => {
  fc.assert(
    fc.property(anyPlan, fc.constantFrom('constant', 'poisson'), fc.nat(1000), (stages, kind, seed) => {
      const arrivals = times(stages, kind, seed);
      const ends = stages.map((_, index) => totalSeconds(stages.slice(0, index + 1)) * 1e6);
      let before = 0;
      for (const { stage, atUs } of arrivals) {
        expect(atUs).toBeGreaterThanOrEqual(before);
        expect(atUs).toBeLessThanOrEqual(ends[stage] as number);
        expect(atUs).toBeGreaterThanOrEqual(stage === 0 ? 0 : (ends[stage - 1] as number));
        before = atUs;
      }
      const area = totalArrivals(stages);
      const within = kind === 'constant' ? 1 : 6 * Math.sqrt(area) + 6;
      expect(Math.abs(arrivals.length - area)).toBeLessThanOrEqual(within);
    }),
    { numRuns: 50 },
  );
});

test('the shares of several processes are together the whole plan, each once', () => {
  fc.assert(
    fc.property(anyPlan, fc.integer({ min: 1, max: 5 }), (stages, of) => {
      const shares = Array.from({ length: of }, (_, index) => arrivalsOfShare(stages, 'poisson', 3, { index, of }));
      const together = shares
        .flatMap((share) =>
          Array.from({ length: share.count }, (_, own) => ({
            number: share.numberOf(own),
            atUs: Math.round((share.intendedAtMs[own] as number) * 1000),
          })),
        )
        .toSorted((a, b) => a.number - b.number);
      expect(together).toEqual(times(stages, 'poisson', 3).map(({ atUs }, number) => ({ number, atUs })));
    }),
    { numRuns: 30 },
  );
});
