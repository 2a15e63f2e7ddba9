import { expect, test } from 'vitest';
import { longestRetryAfterMs, retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 0, 1);

test.each([
  [null, null],
  ['', null],
  ['soon', null],
  ['0', 0],
  ['3', 3000],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['99999999999', longestRetryAfterMs],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
