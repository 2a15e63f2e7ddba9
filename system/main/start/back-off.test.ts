import { expect, test } from 'vitest';
import { createRestartBackOff } from './back-off.ts';

test('each failure in a row doubles the wait, up to a bound', () => {
  const backOff = createRestartBackOff({ firstMs: 500, mostMs: 3000 });
  expect([1, 2, 3, 4, 5].map(() => backOff.next(0))).toEqual([500, 1000, 2000, 3000, 3000]);
});

test('a process that lived long enough begins anew; a near miss does not', () => {
  const backOff = createRestartBackOff({ firstMs: 500, steadyMs: 60_000 });
  backOff.next(0);
  backOff.next(0);
  expect(backOff.next(59_999)).toBe(2000);
  expect(backOff.next(60_000)).toBe(500);
});
