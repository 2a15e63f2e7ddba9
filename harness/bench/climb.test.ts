import { expect, test } from 'vitest';
import { climbTogether, type Contender, highestHeld } from './climb.ts';

const order: string[] = [];
const contender = (name: string, most: number, misses: readonly number[] = []): Contender => {
  const missed = new Set<number>();
  return {
    name,
    attempt: (rate) => {
      order.push(`${name} ${rate}`);
      const isHiccup = misses.includes(rate) && !missed.has(rate);
      missed.add(rate);
      return Promise.resolve({ isHeld: rate <= most && !isHiccup, cpuPerSecond: rate / 1000 });
    },
  };
};

test('two climb rung by rung, and what they cost is compared where both held', async () => {
  order.length = 0;
  const climbed = await climbTogether([contender('ours', 4, [2]), contender('k6', 2)], [1, 2, 3, 4, 5], () => {});
  expect(order).toEqual(['ours 1', 'k6 1', 'ours 2', 'ours 2', 'k6 2', 'ours 3', 'k6 3', 'k6 3', 'ours 4', 'ours 5', 'ours 5']);
  expect(climbed.map((each) => [...each.keys()])).toEqual([
    [1, 2, 3, 4],
    [1, 2],
  ]);
  expect([highestHeld(climbed), highestHeld(climbed.slice(0, 1))]).toEqual([2, 4]);
});

test('where one holds nothing there is no rate to compare at', async () => {
  expect(highestHeld(await climbTogether([contender('ours', 2), contender('k6', 0)], [1, 2], () => {}))).toBe(0);
});
