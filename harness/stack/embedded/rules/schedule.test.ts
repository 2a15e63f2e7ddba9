import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Clock } from '../../../engine/clock.ts';
import { createVirtualClock } from '../../../engine/virtual-clock.ts';
import type { EvaluatedGroup } from './rule-group.ts';
import { runOnInterval, slotAt } from './schedule.ts';

/** A group that notes when it is evaluated; `costMs` passes in each of its rules. */
const groupOf = (rules: number, onRule: () => void = () => {}): EvaluatedGroup & { readonly times: number[] } => {
  const times: number[] = [];
  return {
    group: { name: 'g', file: 'f', intervalMs: null, queryOffsetMs: 0, limit: 0, rules: [] },
    intervalMs: 1000,
    times,
    *evaluate(atMs) {
      times.push(atMs);
      for (let rule = 0; rule < rules; rule += 1) {
        onRule();
        yield;
      }
    },
    status: () => {
      throw new Error('not asked for here');
    },
  };
};

const counts = () => ({ iterations: 0, missedIterations: 0, clockSetBack: 0 });

it('evaluates at the same place of every interval, and stops when it is told to', async () => {
  const clock = createVirtualClock(1_700_000_000_123);
  const stop = new AbortController();
  const counted = counts();
  const group = groupOf(1, () => {
    if (group.times.length === 5) stop.abort();
  });
  await runOnInterval(group, clock, counted, stop.signal);
  const offsets = group.times.map((atMs, index) => atMs - group.times[0]! - index * 1000);
  expect(offsets).toEqual([0, 0, 0, 0, 0]);
  expect(group.times[0]! - 1_700_000_000_123).toBeLessThanOrEqual(1000);
  expect(counted).toEqual({ iterations: 5, missedIterations: 0, clockSetBack: 0 });
});

it('skips the intervals that an evaluation took too long for, and counts them', async () => {
  let now = 0;
  const clock: Clock = { now: () => now, sleep: async (ms) => void (now += Math.max(0, ms)) };
  const stop = new AbortController();
  const counted = counts();
  const group = groupOf(1, () => {
    if (group.times.length === 2) now += 3500;
    if (group.times.length === 4) stop.abort();
  });
  await runOnInterval(group, clock, counted, stop.signal);
  expect(group.times.map((atMs) => atMs - group.times[0]!)).toEqual([0, 1000, 4000, 5000]);
  expect(counted).toEqual({ iterations: 4, missedIterations: 2, clockSetBack: 0 });
});

/** A clock that is set back once, and how long it really took from one evaluation to the next. */
const runWithStep = async (stepMs: number, when: 'in the second evaluation' | 'in the sleep after it') => {
  let [now, passedMs, isSetBack] = [1_700_000_000_123, 0, false];
  const setBack = (): void => {
    if (!isSetBack) now -= stepMs;
    isSetBack = true;
  };
  const evaluated: { readonly atMs: number; readonly now: number; readonly passedMs: number }[] = [];
  const group = groupOf(1, () => {
    evaluated.push({ atMs: group.times.at(-1)!, now, passedMs });
    if (evaluated.length === 2 && when === 'in the second evaluation') setBack();
    if (evaluated.length === 5) stop.abort();
  });
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      [now, passedMs] = [now + Math.max(0, ms), passedMs + Math.max(0, ms)];
      if (evaluated.length === 2 && when === 'in the sleep after it') setBack();
    },
  };
  const [stop, counted] = [new AbortController(), counts()];
  await runOnInterval(group, clock, counted, stop.signal);
  const gaps = evaluated.slice(1).map((each, index) => each.passedMs - evaluated[index]!.passedMs);
  return { evaluated, gaps, counted };
};

it.each(['in the second evaluation', 'in the sleep after it'] as const)(
  'goes on within an interval where the clock was set back by ten minutes %s, at the time that it shows now, and counts it',
  async (when) => {
    const { evaluated, gaps, counted } = await runWithStep(600_000, when);
    expect(gaps[1]).toBeLessThanOrEqual(1000);
    expect(gaps.slice(2)).toEqual([expect.closeTo(1000, 0), 1000]);
    for (const { atMs, now } of evaluated) expect(Math.abs(now - atMs)).toBeLessThan(1000);
    expect(counted).toEqual({ iterations: 5, missedIterations: 0, clockSetBack: 1 });
  },
);

it.each([1, 400, 900])('evaluates no slot twice where the clock was set back by %d ms, less than an interval', async (stepMs) => {
  const { evaluated, gaps, counted } = await runWithStep(stepMs, 'in the second evaluation');
  expect(new Set(evaluated.map(({ atMs }) => atMs)).size).toBe(5);
  expect(Math.max(...gaps)).toBeLessThan(2000);
  expect(counted).toEqual({ iterations: 5, missedIterations: 0, clockSetBack: 0 });
});

it('lets others have their turn after ten milliseconds, and not after each rule', async () => {
  let now = 0;
  const pauses: number[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      pauses.push(ms);
      now += Math.max(0, ms);
    },
  };
  const group = groupOf(9, () => {
    now += 4;
    stop.abort();
  });
  await runOnInterval(group, clock, counts(), stop.signal);
  expect(pauses.filter((ms) => ms === 0)).toHaveLength(3);
});

it('finds the slot at or before any time', () => {
  const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(whole(2e12), fc.integer({ min: 1, max: 86_400_000 }), whole(86_400_000), (nowMs, intervalMs, spread) => {
      const offsetMs = spread % intervalMs;
      const slot = slotAt(nowMs, intervalMs, offsetMs);
      expect(slot).toBeLessThanOrEqual(nowMs);
      expect(nowMs - slot).toBeLessThan(intervalMs);
      expect((slot - offsetMs) % intervalMs === 0).toBe(true);
    }),
  );
});
