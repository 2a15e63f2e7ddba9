import { expect, test } from 'vitest';
import { createDropTimes } from './drop-times.ts';

test('what was dropped is told by when it had come, to the second', () => {
  const drops = createDropTimes();
  drops.add(1_000, 3);
  drops.add(2_900, 4);
  drops.add(5_000, 5);
  expect([drops.total, drops.since(0), drops.since(2_950), drops.since(3_000), drops.since(5_999), drops.since(6_000)]).toEqual([
    12, 12, 9, 5, 5, 0,
  ]);
});

test('its memory is bounded, and of what it no longer tells apart it says too much rather than too little', () => {
  const drops = createDropTimes();
  for (let second = 0; second < 10_000; second += 1) drops.add(second * 1_000, 1);
  drops.add(0, 1);
  expect([drops.total, drops.since(0), drops.since(9_000_000)]).toEqual([10_001, 10_001, 1_000]);
  expect(drops.since(5_000_000)).toBe(5_000);
});
