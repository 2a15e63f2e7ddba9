import { expect, test } from 'vitest';
import { formatPositions, parsePositions } from './position-cursor.ts';

test('positions come back as they were written', () => {
  const positions = new Map([
    [0, 120],
    [3, Number.MAX_SAFE_INTEGER],
  ]);
  expect(formatPositions(positions)).toBe('0:120,3:9007199254740991');
  expect(parsePositions(formatPositions(positions))).toEqual(positions);
});

test.each(['', '0', '0:', ':1', '0:1,', '0:1,0:2', '0:-1', '0:1.5', '0:9007199254740993', 'x:1', '0:1;1:2', `0:1${',1:1'.repeat(600)}`])(
  '%j is no cursor',
  (text) => {
    expect(parsePositions(text)).toBeNull();
  },
);
