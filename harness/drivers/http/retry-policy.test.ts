import { expect, test } from 'vitest';
import { createRandom } from '../../traffic/random.ts';
import { type AttemptEnd, defaultRetries, retryInMs } from './retry-policy.ts';

const policy = defaultRetries(4);
const end = (status: number | null, retryAfterSeconds: number | null = null): AttemptEnd => ({ status, retryAfterSeconds });
const spread = (attempt: number, ended: AttemptEnd) =>
  Array.from({ length: 500 }, (_, seed) => retryInMs(policy, attempt, ended, createRandom(seed, 'retry')) ?? NaN);

test.each([
  [503, true],
  [429, true],
  [null, true],
  [400, false],
  [409, false],
  [200, false],
])('an attempt that ended with %s is tried again: %s', (status, again) => {
  expect(retryInMs(policy, 1, end(status), createRandom(1, 'x')) !== null).toBe(again);
});

test('the last attempt is the last', () => {
  expect(retryInMs(policy, 3, end(503), createRandom(1, 'x'))).not.toBeNull();
  expect(retryInMs(policy, 4, end(503), createRandom(1, 'x'))).toBeNull();
});

test('waits are spread over all of a window that doubles', () => {
  for (const [attempt, ceiling] of [
    [1, 100],
    [2, 200],
    [3, 400],
  ] as const) {
    const waits = spread(attempt, end(503));
    expect(Math.max(...waits)).toBeLessThanOrEqual(ceiling);
    expect(Math.max(...waits)).toBeGreaterThan(ceiling * 0.95);
    expect(Math.min(...waits)).toBeLessThan(ceiling * 0.05);
  }
});

test('who is asked to wait longer than a client does gives up', () => {
  expect(retryInMs(policy, 1, end(503, 60), createRandom(1, 'x'))).toBeGreaterThanOrEqual(60_000);
  for (const seconds of [61, 3600, 2 ** 31, Number.MAX_SAFE_INTEGER])
    expect(retryInMs(policy, 1, end(503, seconds), createRandom(1, 'x'))).toBeNull();
});

test('nobody comes back before the time that Retry-After gives, nor all at once', () => {
  const waits = spread(1, end(503, 2));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
  expect(new Set(waits).size).toBeGreaterThan(400);
});
