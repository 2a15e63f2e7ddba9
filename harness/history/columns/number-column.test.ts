import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, NumberColumn } from './number-column.ts';

const columnOf = (cells: readonly Cell[]): NumberColumn => {
  const column = new NumberColumn();
  for (const cell of cells) column.push(cell);
  column.trim();
  return column;
};
const cellsOf = (column: NumberColumn): readonly Cell[] => Array.from({ length: column.length }, (_unused, row) => column.at(row));

const thousandths = fc.integer({ min: -4_000_000_000, max: 4_000_000_000_000_000 }).map((value) => value / 1000);
const number = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.integer({ min: -40_000, max: 40_000 }),
  fc.maxSafeInteger(),
  thousandths,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const cell = fc.oneof({ weight: 5, arbitrary: number }, fc.constantFrom(null, undefined));

test('a column gives back what was put into it, however wide its numbers become', () => {
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 200 }), (cells) => {
      const column = columnOf(cells);
      expect(cellsOf(column)).toEqual(cells.map((each) => (Object.is(each, -0) ? 0 : each)));
      expect(cells.map((_unused, row) => column.numberAt(row))).toEqual(cells.map((each) => (Object.is(each, -0) ? 0 : (each ?? NaN))));
    }),
  );
});

test.each([
  ['bytes', [0, 100, -100], [0, 100, -100]],
  [
    'their limits, which stand for null and for nothing',
    [0, -126, -127, -128, 127, 128, null, undefined],
    [0, -126, -127, -128, 127, 128, null, undefined],
  ],
  ['ids far from 0, near each other', [9_007_199_254_740_000, 9_007_199_254_740_991], [9_007_199_254_740_000, 9_007_199_254_740_991]],
  ['times to the microsecond', [1_767_225_600_000.123, null, 1_767_225_601_000], [1_767_225_600_000.123, null, 1_767_225_601_000]],
  ['a fraction that has no three decimals', [0.1, 1 / 3, undefined], [0.1, 1 / 3, undefined]],
  ['numbers beyond all whole ones', [1e300, 1, -1e300], [1e300, 1, -1e300]],
])('it keeps %s', (_name, cells, expected) => {
  expect(cellsOf(columnOf(cells))).toEqual(expected);
});
