import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProbeOutcome } from './capacity-result.ts';
import { endOf, nextStep, type SearchOptions, type Told } from './search.ts';

const options: SearchOptions = { startPerSecond: 50, lowestPerSecond: 1, mostPerSecond: 20_000, precision: 0.05 };

const search = (outcomeAt: (rate: number, nth: number) => ProbeOutcome, with_: Partial<SearchOptions> = {}) => {
  const all = { ...options, ...with_ };
  const told: Told[] = [];
  for (let step = nextStep(told, all); step !== null; step = nextStep(told, all)) {
    expect(told.length).toBeLessThan(60);
    told.push({ ...step, outcome: outcomeAt(step.ratePerSecond, told.length) });
  }
  return { told, ...endOf(told, all) };
};
const limitedTo =
  (capacity: number) =>
  (rate: number): ProbeOutcome =>
    rate <= capacity ? 'holds' : 'missed';

test('finds a limit within its precision, from below, and repeats what it found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 19_000 }), (capacity) => {
      const { ratePerSecond, missedAtPerSecond, ended, told } = search(limitedTo(capacity));
      expect(ended).toBe('found');
      expect(ratePerSecond).toBeLessThanOrEqual(capacity);
      expect(ratePerSecond).toBeGreaterThan(capacity / 1.06);
      expect(missedAtPerSecond).toBeGreaterThan(capacity);
      expect(told.at(-1)).toMatchObject({ purpose: 'confirm', outcome: 'holds' });
    }),
    { numRuns: 50 },
  );
});

test('doubles first, then halves what is between', () => {
  const { told } = search(limitedTo(330));
  expect(told.slice(0, 7).map(({ ratePerSecond, purpose }) => [ratePerSecond, purpose])).toEqual([
    [50, 'double'],
    [100, 'double'],
    [200, 'double'],
    [400, 'double'],
    [400, 'double'],
    [300, 'bisect'],
    [350, 'bisect'],
  ]);
});

test('a hiccup while it doubles hides no rate above', () => {
  const { ratePerSecond, told } = search((rate, nth) => (nth === 0 ? 'missed' : limitedTo(330)(rate)));
  expect(told.slice(0, 3).map((each) => each.ratePerSecond)).toEqual([50, 50, 100]);
  expect(ratePerSecond).toBeGreaterThan(310);
});

test('a target that holds nothing is said to hold nothing', () => {
  expect(search(limitedTo(0))).toMatchObject({ ratePerSecond: null, ended: 'none', missedAtPerSecond: 1 });
});

test('where the generator can not go on, what held is a lower bound and said to be one', () => {
  const { ratePerSecond, ended } = search((rate) => (rate <= 700 ? 'holds' : 'unproven'));
  expect(ratePerSecond).toBeGreaterThan(660);
  expect(ended).toBe('generator');
});

test('a probe that proved nothing is made once more; one busy moment changes nothing', () => {
  const { ratePerSecond, told } = search((rate, nth) => (nth === 1 ? 'unproven' : limitedTo(330)(rate)));
  expect(told.slice(0, 4).map((each) => each.ratePerSecond)).toEqual([50, 100, 100, 200]);
  expect(ratePerSecond).toBeGreaterThan(310);
});

test('where nothing can be proven at all the search ends, and does not say that the target holds nothing', () => {
  const { told, ratePerSecond, ended } = search(() => 'unproven');
  expect(told.map((each) => each.ratePerSecond)).toEqual([50, 50]);
  expect([ratePerSecond, ended]).toEqual([null, 'generator']);
});

test('the highest allowed rate ends the search', () => {
  expect(search(limitedTo(1e9), { mostPerSecond: 300 })).toMatchObject({ ratePerSecond: 300, ended: 'bound', missedAtPerSecond: null });
});

test('a search that had no time for its next step says so, and not that the target is unsteady', () => {
  const told: readonly Told[] = [
    { ratePerSecond: 50, purpose: 'double', outcome: 'holds' },
    { ratePerSecond: 100, purpose: 'double', outcome: 'holds' },
  ];
  expect(endOf(told, options)).toMatchObject({ ratePerSecond: null, ended: 'time' });
  expect(endOf([{ ratePerSecond: 50, purpose: 'double', outcome: 'missed' }], options)).toMatchObject({ ended: 'time' });
});

test('a rate that held once and not again is lowered; one that never holds again is no capacity', () => {
  const once = search((rate, nth) => (nth === 0 ? 'holds' : rate <= 50 && nth < 20 ? (rate < 50 ? 'holds' : 'missed') : 'missed'));
  expect(once.ratePerSecond).toBe(45);
  expect(once.told.slice(-2).map(({ purpose }) => purpose)).toEqual(['lower', 'confirm']);
  expect(search((_rate, nth) => (nth === 0 ? 'holds' : 'missed'))).toMatchObject({ ratePerSecond: null, ended: 'unsteady' });
});
