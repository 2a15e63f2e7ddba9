import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chains } from './chains.ts';
import { groupRows, sortRows } from './groups.ts';
import { Numbering } from './numbering.ts';

const value = fc.oneof(
  fc.nat(20),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0),
);
const values = fc.array(fc.oneof({ weight: 6, arbitrary: value }, fc.constant(NaN)), { maxLength: 300 });

test('groups are those of Map.groupBy, in its order, without the rows that belong nowhere', () => {
  fc.assert(
    fc.property(values, (each) => {
      const groups = groupRows(each.length, (row) => each[row] as number);
      const expected = Map.groupBy(each.keys(), (row) => each[row] as number);
      expected.delete(NaN);
      const made = Array.from({ length: groups.size }, (_unused, group) => [groups.valueOf(group), [...groups.rowsOf(group)]]);
      expect(made).toEqual([...expected]);
      for (const [place, of] of [...expected.keys()].entries()) expect(groups.find(of)).toBe(place);
      expect([...groups.rowsOf(groups.find(0.123))]).toEqual([]);
    }),
  );
});

test('rows are sorted by their numbers, and those of the same number stay in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 100 }), (numbers) => {
      const sorted = sortRows(Int32Array.from(numbers.keys()), (row) => numbers[row] as number);
      expect([...sorted]).toEqual([...numbers.keys()].toSorted((left, right) => (numbers[left] as number) - (numbers[right] as number)));
    }),
  );
});

test('a chain has all rows of a code in their order, and an unknown code has none', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(9), fc.constantFrom(NaN, -1)), { maxLength: 60 }), (codes) => {
      const chains = new Chains(10, codes.length, (row) => codes[row] as number);
      for (let code = 0; code < 10; code += 1) {
        const rows = [...codes.keys()].filter((row) => codes[row] === code);
        expect(chains.rowsOf(code)).toEqual(rows);
        expect([chains.first(code), chains.last(code)]).toEqual([rows.at(0) ?? -1, rows.at(-1) ?? -1]);
      }
      expect([chains.first(-1), chains.last(99), chains.first(NaN)]).toEqual([-1, -1, -1]);
    }),
  );
});

test('values far apart by the same stride are numbered as quickly as neighbours', () => {
  const numbers = new Numbering();
  for (let place = 0; place < 100_000; place += 1) expect(numbers.of(place * 2 ** 20)).toBe(place);
  expect([numbers.find(2 ** 20 * 99_999), numbers.find(1), numbers.valueOf(7)]).toEqual([99_999, -1, 7 * 2 ** 20]);
});
