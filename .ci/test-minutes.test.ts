import { describe, expect, it } from 'vitest';
import { isLong, longLast } from './long-last.ts';
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

  it('begins when all others have begun, with another of the long ones each time', () => {
    const files = ['a.long.int.test.ts', 'b.test.ts', 'c.long.int.test.ts', 'd.int.test.ts'].map((moduleId) => ({ moduleId }));
    const orderBy = (...places: number[]) => longLast(files, () => places.shift() ?? 0).map(({ moduleId }) => moduleId[0]);
    expect(orderBy(0.1, 0.2)).toEqual(['b', 'd', 'a', 'c']);
    expect(orderBy(0.2, 0.1)).toEqual(['b', 'd', 'c', 'a']);
  });
});
