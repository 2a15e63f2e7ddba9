import { expect, test } from 'vitest';
import { runOpenLoop } from './open-loop.ts';
import { createQueue } from './queue.ts';

/** A clock that only waiting moves, by the time waited or by `stall` once. */
const play = async (times: readonly number[], stallAt = Infinity, stallMs = 0): Promise<{ index: number; at: number }[]> => {
  let now = 0;
  let stalled = false;
  const handed: { index: number; at: number }[] = [];
  await runOpenLoop({
    count: times.length,
    intendedAtMs: (index) => times[index] as number,
    now: () => now,
    wait: async (ms) => {
      now += Math.max(ms, 0.01);
      if (now >= stallAt && !stalled) {
        stalled = true;
        now += stallMs;
      }
    },
    hand: (index) => handed.push({ index, at: now }),
  });
  return handed;
};

test('every operation is handed over once, in order, not before its time', async () => {
  const times = Array.from({ length: 1000 }, (_unused, index) => Math.floor(index / 3) * 2.5);
  const handed = await play(times);
  expect(handed.map(({ index }) => index)).toEqual(times.map((_time, index) => index));
  for (const { index, at } of handed) expect(at).toBeGreaterThanOrEqual(times[index] as number);
});

test('after a stall of three seconds nothing is skipped: what was due is handed over at once, late', async () => {
  const times = Array.from({ length: 5000 }, (_unused, index) => index);
  const handed = await play(times, 1000, 3000);
  expect(handed).toHaveLength(5000);
  const lateness = handed.map(({ index, at }) => at - (times[index] as number));
  expect(Math.max(...lateness)).toBeGreaterThan(2900);
  expect(lateness.at(-1)).toBeLessThan(5);
});

test('a queue gives back what it was given, in order, also over a long backlog', () => {
  const queue = createQueue<number>();
  const out: number[] = [];
  for (let item = 0; item < 10_000; item += 1) {
    queue.push(item);
    if (item % 3 !== 0) out.push(queue.shift() as number);
  }
  expect(queue.size).toBe(10_000 - out.length);
  while (queue.size > 0) out.push(queue.shift() as number);
  expect(out).toEqual(Array.from({ length: 10_000 }, (_unused, item) => item));
  expect(queue.shift()).toBeUndefined();
});
