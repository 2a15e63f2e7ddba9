import { expect, test } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 30);

test.each<[string | null, number | null]>([
  ['0', 0],
  [' 120 ', 120],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 7],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 7],
  ['Sun Nov  6 08:49:37 1994', 7],
  ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ['Sun, 99 Nov 1994 08:49:00 GMT', null],
  ['1.5', null],
  ['-1', null],
  ['soon', null],
  ['2031-01-01', null],
  ['', null],
  [null, null],
])('Retry-After %j is %j s', (header, expected) => {
  expect(readRetryAfter(header, now)).toBe(expected);
});
