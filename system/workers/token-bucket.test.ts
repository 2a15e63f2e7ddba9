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

test('lets through the rate, no more, in pieces of a tenth of a second: not one by one, nor in gulps', async () => {
  const clock = createClock();
  const bucket = createTokenBucket(1500, clock);
  const pieces: number[] = [];
  while (clock.nowMs() < 4000) pieces.push(await bucket.take(500, signal));
  const rate = pieces.reduce((sum, count) => sum + count, 0) / 4;
  expect(rate).toBeGreaterThan(1500 * 0.95);
  // What was saved before the first is a fifth of a second's worth.
  expect(rate).toBeLessThanOrEqual(1500 + 300 / 4);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(300);
  expect(Math.min(...pieces)).toBeGreaterThanOrEqual(150);
});

test('what is wanted and there goes at once, however little', async () => {
  const clock = createClock();
  const bucket = createTokenBucket(1500, clock);
  expect([await bucket.take(3, signal), await bucket.take(1, signal)]).toEqual([3, 1]);
  expect(clock.nowMs()).toBe(0);
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
  expect(await bucket.take(20, signal)).toBe(20);
  bucket.giveBack(20);
  expect(await bucket.take(20, signal)).toBe(20);
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
