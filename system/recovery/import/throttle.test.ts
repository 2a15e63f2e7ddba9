// The rule of feedback against a simulated system, on a clock of its own: processors that pass so many events a second, live traffic, and the import.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createThrottle } from './throttle.ts';

const lagBudgetMs = 150;
const stepMs = 10;
const lookMs = 200;
const batch = 250;

type Plant = {
  /** Events a second that processors pass, and that live traffic brings, at a time. */
  readonly capacity: (second: number) => number;
  readonly live: (second: number) => number;
  readonly top: number;
};

/** Lag is the backlog over what is passed. */
const simulate = ({ capacity, live, top }: Plant, seconds: number) => {
  let nowMs = 0;
  let backlog = 0;
  let imported = 0;
  let dueAtMs: number | null = null;
  const throttle = createThrottle({ lagBudgetMs, commitBudgetMs: 60, nowMs: () => nowMs });
  throttle.turnTo({ import: 1, ratePerSecond: top });
  const lags: number[] = [];
  const rates: number[] = [];
  for (; nowMs < seconds * 1000; nowMs += stepMs) {
    const second = nowMs / 1000;
    if (nowMs % lookMs === 0) {
      const lagMs = (backlog / capacity(second)) * 1000;
      throttle.observe({ lagMs, commitMs: 5 });
      lags.push(lagMs);
      rates.push(throttle.ratePerSecond());
    }
    if (dueAtMs === null) {
      const waitMs = throttle.take(batch, Infinity);
      if (waitMs !== null) dueAtMs = nowMs + waitMs;
    }
    while (dueAtMs !== null && dueAtMs <= nowMs) {
      backlog += batch;
      imported += batch;
      const waitMs = throttle.take(batch, Infinity);
      dueAtMs = waitMs === null ? null : nowMs + waitMs;
    }
    backlog = Math.max(0, backlog + ((live(second) - capacity(second)) * stepMs) / 1000);
  }
  return { lags, rates, imported, throttle };
};

const after = (values: readonly number[], second: number) => values.slice((second * 1000) / lookMs);

test('with room for all of it, it comes to its top rate and stays there', () => {
  const { rates, imported, throttle } = simulate({ capacity: () => 20_000, live: () => 500, top: 8000 }, 20);
  expect(rates[0]).toBeLessThan(2000);
  expect(after(rates, 8).every((rate) => rate === 8000)).toBe(true);
  expect(imported / 20).toBeGreaterThan(6000);
  expect(throttle.brake()).toBeNull();
});

test('with less, it takes most of what is over, and lag stays near its budget', () => {
  const { lags, imported } = simulate({ capacity: () => 3000, live: () => 500, top: 8000 }, 60);
  expect(Math.max(...after(lags, 5))).toBeLessThan(3 * lagBudgetMs);
  expect(imported / 60).toBeGreaterThan(1500);
});

test('when live traffic comes, it gives way within seconds, and comes back when that is over', () => {
  const live = (second: number) => (second >= 15 && second < 30 ? 2800 : 200);
  const { lags, rates, throttle } = simulate({ capacity: () => 3000, live, top: 2500 }, 60);
  const meanRate = (from: number, to: number) => {
    const some = rates.slice((from * 1000) / lookMs, (to * 1000) / lookMs);
    return some.reduce((sum, rate) => sum + rate, 0) / some.length;
  };
  expect(meanRate(18, 30)).toBeLessThan(500);
  expect(Math.max(...lags.slice((20 * 1000) / lookMs, (30 * 1000) / lookMs))).toBeLessThan(4 * lagBudgetMs);
  expect(meanRate(50, 60)).toBeGreaterThan(1800);
  expect(throttle.ratePerSecond()).toBeGreaterThan(1800);
});

test('far past the budget nothing goes, and it says why; once all is well it goes again', () => {
  let nowMs = 0;
  const throttle = createThrottle({ lagBudgetMs, commitBudgetMs: 60, nowMs: () => nowMs });
  throttle.turnTo({ import: 1, ratePerSecond: 1000 });
  throttle.observe({ lagMs: 5 * lagBudgetMs, commitMs: null });
  expect([throttle.take(1, Infinity), throttle.brake(), throttle.ratePerSecond()]).toEqual([null, 'lag', 0]);
  throttle.observe({ lagMs: 0, commitMs: 90 });
  expect([throttle.take(1, Infinity), throttle.brake()]).toEqual([0, 'latency']);
  for (nowMs = 0; nowMs < 10_000; nowMs += lookMs) throttle.observe({ lagMs: 0, commitMs: 1 });
  expect([throttle.brake(), throttle.ratePerSecond()]).toEqual([null, 1000]);
});

test('whatever it sees, it never lets through more than the top rate, and what did not go is not made up for', () => {
  const pressure = fc.record({ lagMs: fc.integer({ min: 0, max: 1000 }), commitMs: fc.option(fc.integer({ min: 0, max: 300 })) });
  fc.assert(
    fc.property(fc.array(pressure, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 5000 }), (looks, top) => {
      let nowMs = 0;
      let taken = 0;
      const throttle = createThrottle({ lagBudgetMs, commitBudgetMs: 60, nowMs: () => nowMs });
      throttle.turnTo({ import: 1, ratePerSecond: top });
      for (const look of looks) {
        throttle.observe(look);
        const endsAtMs = nowMs + lookMs;
        for (let waitMs = throttle.take(10, Infinity); waitMs !== null && nowMs + waitMs < endsAtMs; waitMs = throttle.take(10, Infinity)) {
          nowMs += waitMs;
          taken += 10;
        }
        nowMs = endsAtMs;
      }
      expect(taken).toBeLessThanOrEqual((top * nowMs) / 1000 + top * 0.1 + 10);
    }),
  );
});

test('what does not go within the time is not taken: who asks again owes nothing for it', () => {
  let nowMs = 0;
  const throttle = createThrottle({ lagBudgetMs, commitBudgetMs: 60, nowMs: () => nowMs });
  throttle.turnTo({ import: 1, ratePerSecond: 10 });
  expect(throttle.take(10, 5000)).toBe(0);
  expect([throttle.take(10, 900), throttle.take(10, 900)]).toEqual([null, null]);
  nowMs = 1000;
  expect(throttle.take(10, 0)).toBe(0);
});

test('a slow import holds no other one up, nor takes its rate away', () => {
  let nowMs = 0;
  const throttle = createThrottle({ lagBudgetMs, commitBudgetMs: 60, nowMs: () => nowMs });
  const quick = { import: 1, ratePerSecond: 8000 };
  const slow = { import: 2, ratePerSecond: 1 };
  throttle.turnTo(quick);
  for (; nowMs < 10_000; nowMs += lookMs) throttle.observe({ lagMs: 0, commitMs: 1 });
  throttle.turnTo(slow);
  expect([throttle.ratePerSecond(), throttle.take(1, 5000)]).toEqual([1, 0]);
  throttle.observe({ lagMs: 0, commitMs: 1 });
  expect(throttle.take(1, 5000)).toBeCloseTo(1000);
  throttle.turnTo(quick);
  expect(throttle.ratePerSecond()).toBe(8000);
  nowMs += 1100;
  expect(throttle.take(250, 5000)).toBe(0);
  expect(throttle.take(250, 5000)).toBeLessThan(50);
});
