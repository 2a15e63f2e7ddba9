import { expect, test } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';
import type { WorkerClock } from './worker-clock.ts';

const createClock = () => {
  let nowMs = 0;
  const clock: WorkerClock = {
    nowMs: () => nowMs,
    sleep: async (delayMs, signal) => {
      signal?.throwIfAborted();
      nowMs += delayMs;
    },
  };
  return clock;
};
const { signal } = new AbortController();

test('lets through the rate, no more, and in small pieces', async () => {
  const clock = createClock();
  const bucket = createTokenBucket(1500, clock);
  let taken = 0;
  let largest = 0;
  while (clock.nowMs() < 4000) {
    const count = await bucket.take(500, signal);
    taken += count;
    largest = Math.max(largest, count);
  }
  expect(taken / 4).toBeGreaterThan(1500 * 0.95);
  expect(taken / 4).toBeLessThan(1500 * 1.05);
  expect(largest).toBeLessThanOrEqual(75);
});

test('a rate under one a second still lets one through at a time', async () => {
  const clock = createClock();
  const bucket = createTokenBucket(0.5, clock);
  expect(await bucket.take(10, signal)).toBe(1);
  expect(await bucket.take(10, signal)).toBe(1);
  expect(clock.nowMs()).toBeGreaterThanOrEqual(2000);
});

test('what was not used can be taken by the next', async () => {
  const clock = createClock();
  const bucket = createTokenBucket(100, clock);
  expect(await bucket.take(5, signal)).toBe(5);
  bucket.giveBack(5);
  expect(await bucket.take(5, signal)).toBe(5);
  expect(clock.nowMs()).toBe(0);
});

test('no rate is no throttle', async () => {
  expect(await createTokenBucket(0, createClock()).take(500, signal)).toBe(500);
});

test('waiting ends when it is aborted', async () => {
  const bucket = createTokenBucket(1, createClock());
  await bucket.take(1, signal);
  await expect(bucket.take(1, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
});
