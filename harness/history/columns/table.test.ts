import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countBy } from './count-by.ts';
import { createDictionaries } from './dictionary.ts';
import { fieldsApart, plainRow, Table, tableFrom } from './table.ts';

type Row = {
  readonly id: number;
  readonly name: string | null;
  readonly again?: boolean | null;
  readonly at: number;
  readonly answer?: { readonly status: number; readonly code: string | null };
};
const fields = { id: 'number', name: 'text', again: 'flag', at: 'number', answer: 'object' } as const;
const newTable = (): Table<Row> => new Table<Row>(fields, createDictionaries());

const row: fc.Arbitrary<Row> = fc.record(
  {
    id: fc.maxSafeInteger(),
    name: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)),
    again: fc.constantFrom(true, false, null),
    at: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    answer: fc.record({ status: fc.nat(599), code: fc.constantFrom('overloaded', null) }),
  },
  { requiredKeys: ['id', 'name', 'at'] },
);

const rowsOf = (table: Table<Row>): readonly Row[] => table.map(plainRow);

/** As a reader of the file does it: what the table does not take as a line is parsed. */
const addText = (table: Table<Row>, text: string): boolean => {
  const line = Buffer.from(`${text}\n`);
  const isTaken = table.addLine(line, 0, line.length - 1);
  if (!isTaken) table.add(JSON.parse(text) as Row);
  return isTaken;
};

test('rows are given back as they were added, as objects and as lines, and their views say the same', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50 }), (rows) => {
      const [table, lines] = [tableFrom(fields, rows, createDictionaries()), newTable()];
      for (const each of rows) addText(lines, JSON.stringify(each));
      const expected = rows.map((each) => JSON.parse(JSON.stringify(each)) as Row);
      for (const each of [table, lines]) {
        expect(rowsOf(each)).toStrictEqual(expected);
        expect(each.map(({ id, name, again, at, answer }) => [id, name, again, at, answer])).toEqual(
          expected.map(({ id, name, again, at, answer }) => [id, name, again, at, answer]),
        );
      }
    }),
  );
});

test.each([
  ['a row as JSON.stringify writes it', '{"id":1,"name":"a","again":null,"at":2.5}', true],
  ['its fields in another order', '{"at":-0.001,"name":"größe","id":0}', true],
  ['a number with all digits of a double', '{"id":9007199254740991,"name":"a","at":1767225600123.456}', true],
  ['a number with an exponent', '{"id":1e3,"name":"a","at":1}', false],
  ['more digits than a double has', '{"id":90071992547409931,"name":"a","at":0.30000000000000004}', false],
  ['an escape', String.raw`{"id":1,"name":"a\u0000\"","at":1}`, false],
  ['an object', '{"id":1,"name":"a","at":1,"answer":{"status":400,"code":null}}', false],
  ['white space', '{"id":1, "name":"a","at":1}', false],
  ['a field that has no column', '{"id":1,"name":"a","at":1,"more":[1,2]}', false],
  ['a text where a number belongs', '{"id":"1","name":"a","at":1}', false],
  ['a field twice', '{"id":1,"name":"a","at":1,"id":2}', true],
])('a line with %s becomes the row that JSON.parse makes of it', (_name, text, isTaken) => {
  const table = newTable();
  expect([addText(table, text), addText(table, text)]).toEqual([isTaken, isTaken]);
  const parsed = JSON.parse(text) as Row;
  expect(rowsOf(table)).toStrictEqual([parsed, parsed]);
});

test.each([
  '',
  '{}x',
  '{"id":1',
  '{"id":01,"name":"a","at":1}',
  '{"id":1.,"name":"a","at":1}',
  '{"id":-,"at":1}',
  '{"id":.5}',
  '{"id":1}}',
  '{"name":"a\u0001"}',
  '{"id":1,}',
])('what is no JSON, such as %j, is not taken', (text) => {
  const table = newTable();
  const line = Buffer.from(`${text}\n`);
  expect([table.addLine(line, 0, line.length - 1), table.length]).toEqual([false, 0]);
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
});

test('a field of another kind is no cell, and is shown all the same', () => {
  const table = newTable();
  table.add({ id: 'seven', name: 5, at: 1, more: true } as unknown as Row);
  expect([table.at(0).id, table.at(0).name, table.at(0).at]).toEqual([undefined, undefined, 1]);
  expect(rowsOf(table)).toEqual([{ id: 'seven', name: 5, at: 1, more: true }]);
});

test('rows of two tables are compared by the fields that they share; null is not the same as nothing', () => {
  const dictionaries = createDictionaries();
  const left = tableFrom(
    fields,
    [
      { id: 1, name: 'a', at: 1 },
      { id: 2, name: null, at: 2, again: null },
    ],
    dictionaries,
  );
  const right = tableFrom(
    fields,
    [
      { id: 7, name: 'b', at: 1 },
      { id: 1, name: 'a', at: 3 },
      { id: 2, name: null, at: 2 },
    ],
    dictionaries,
  );
  const apart = fieldsApart(['id', 'name', 'at', 'again'], left, right);
  expect([apart(0, 0), apart(0, 1), apart(1, 2)]).toEqual([['id', 'name'], ['at'], ['again']]);
});

test('rows that say the same in some fields are counted, the first of them standing for all', () => {
  const rows: readonly Row[] = [
    { id: 1, name: 'a', at: 5 },
    { id: 2, name: 'b', at: 5 },
    { id: 3, name: 'a', at: 5 },
    { id: 4, name: null, at: 5 },
    { id: 5, name: 'a', at: 6 },
    { id: 6, name: 'a', at: 5 },
  ];
  const table = tableFrom(fields, rows, createDictionaries());
  const counted = (by: readonly (keyof Row)[]) => countBy(table, by, ({ id }) => id !== 6).map(({ first, count }) => [first.id, count]);
  expect(counted(['name', 'at'])).toEqual([
    [1, 2],
    [2, 1],
    [4, 1],
    [5, 1],
  ]);
  expect(counted(['at'])).toEqual([
    [1, 4],
    [5, 1],
  ]);
  expect(counted([])).toEqual([[1, 5]]);
});
