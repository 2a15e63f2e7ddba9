// How many rows of a table say the same in some fields: what a Map from their texts to counts is, without making a text for each row.
import { Numbering } from './numbering.ts';
import type { Table } from './table.ts';

/** Of so many different values a pair is a whole number that a double holds. */
const mostValues = 2 ** 26;

/** The first row of each combination, in the order in which they came, with the number of rows that have it. */
export const countBy = <Row extends object>(
  table: Table<Row>,
  fields: readonly (keyof Row & string)[],
  counts: (row: Row) => boolean = () => true,
): readonly { readonly first: Row; readonly count: number }[] => {
  const combinationOf = combinationsOf(table, fields);
  const [firsts, sums]: [number[], number[]] = [[], []];
  for (let place = 0; place < table.length; place += 1) {
    if (!counts(table.at(place))) continue;
    const combination = combinationOf(place);
    firsts[combination] ??= place;
    sums[combination] = (sums[combination] ?? 0) + 1;
  }
  return firsts.map((place, combination) => ({ first: table.at(place), count: sums[combination] ?? 0 }));
};

/** Numbers the combinations 0, 1, 2 … as they come: the values of each field, and then pairs of what came so far and the next value. */
const combinationsOf = <Row extends object>(table: Table<Row>, fields: readonly (keyof Row & string)[]): ((place: number) => number) => {
  const columns = fields.map((field) => ({ column: table.column(field), values: new Numbering(), pairs: new Numbering() }));
  return (place) => {
    let combination = 0;
    for (const { column, values, pairs } of columns)
      combination = pairs.of(combination * mostValues + values.of(column.at(place) ?? -Infinity));
    return combination;
  };
};
