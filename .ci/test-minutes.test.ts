import { describe, expect, it } from 'vitest';
import { isLong } from './long-last.ts';
import { testsEndMs } from './test-minutes.ts';

describe('the time for long tests', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['14', 841_000],
    ['0.5', 31_000],
  ])('of TEST_MINUTES %j ends at %j', (minutes, end) => expect(testsEndMs(minutes, 1000)).toBe(end));

  it.each(['0', '-1', 'soon', 'NaN'])('is not %j', (minutes) => {
    expect(() => testsEndMs(minutes, 0)).toThrow(`TEST_MINUTES is '${minutes}': give the minutes`);
  });

  it.each([
    ['/a/imports.long.int.test.ts', true],
    ['/a/imports.int.test.ts', false],
    ['/a/long.test.ts', false],
  ])('is for %s: %j', (file, long) => expect(isLong(file)).toBe(long));
});
