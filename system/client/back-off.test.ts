import { expect, test } from 'vitest';
import { createBackOff, fullJitterMs } from './back-off.ts';

const settings = { retryBackoffMs: 100, retryBackoffMaxMs: 1000 };

test('full jitter is anything below a bound that doubles, up to the largest', () => {
  const bounds = [1, 2, 3, 4, 5, 1000].map((failures) => fullJitterMs(failures, settings, () => 1));
  expect(bounds).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(fullJitterMs(3, settings, () => 0)).toBe(0);
});

test('requests that left before a failure was known count as one failure with it', () => {
  const backOff = createBackOff(settings, () => 1);
  backOff.failed(0, 10, null);
  backOff.failed(5, 12, null);
  expect([backOff.failures, backOff.untilMs]).toEqual([1, 112]);
  backOff.failed(112, 120, 500);
  expect([backOff.failures, backOff.untilMs]).toEqual([2, 820]);
  backOff.succeeded();
  expect(backOff.failures).toBe(0);
});

test('a shorter Retry-After does not bring a longer wait to its end', () => {
  const backOff = createBackOff(settings, () => 0);
  backOff.failed(0, 0, 5000);
  backOff.failed(0, 1, 1000);
  expect(backOff.untilMs).toBe(5000);
});
