// The rows of a table by the id of the event that they are about. Several may have the same; the last of them counts, as in a Map that was filled row by row.
import { Chains } from './columns/chains.ts';
import type { Numbering } from './columns/numbering.ts';
import { release } from './columns/release.ts';
import type { Table } from './columns/table.ts';

export type RowsById<Row> = {
  /** How many different ids there are. */
  readonly size: number;
  has(id: number): boolean;
  get(id: number): Row | undefined;
  /** In the order in which the ids came. */
  entries(): Iterable<readonly [id: number, row: Row]>;
  /** Ids with two rows and more, with all of them. */
  repeated(): Iterable<readonly [id: number, rows: readonly Row[]]>;
};

const codesOf = <Row extends object>(table: Table<Row>, field: keyof Row & string, ids: Numbering): Int32Array => {
  const column = table.column(field);
  const codes = new Int32Array(table.length);
  for (let row = 0; row < table.length; row += 1) {
    const id = column.numberAt(row);
    codes[row] = Number.isNaN(id) ? -1 : ids.of(id);
  }
  return codes;
};

/** `ids`: numbers of all ids, shared by the tables of a run; those of this table are added. */
export const rowsById = <Row extends object>(table: Table<Row>, field: keyof Row & string, ids: Numbering): RowsById<Row> => {
  const column = table.column(field);
  const codes = codesOf(table, field, ids);
  const chains = new Chains(ids.size, table.length, (row) => codes[row] as number);
  release(codes);
  const firsts = function* (): Generator<readonly [code: number, row: number]> {
    for (let row = 0; row < table.length; row += 1) {
      const code = ids.find(column.numberAt(row));
      if (chains.first(code) === row) yield [code, row];
    }
  };
  let size = 0;
  for (let code = 0; code < ids.size; code += 1) if (chains.first(code) !== -1) size += 1;
  return {
    size,
    has: (id) => chains.first(ids.find(id)) !== -1,
    get: (id) => {
      const row = chains.last(ids.find(id));
      return row === -1 ? undefined : table.at(row);
    },
    *entries() {
      // Most tables have each id once: then they are their rows.
      if (size === table.length) for (const row of table) yield [row[field] as number, row];
      else for (const [code, row] of firsts()) yield [column.numberAt(row), table.at(chains.last(code))];
    },
    *repeated() {
      if (size === table.length) return;
      for (const [code, row] of firsts())
        if (chains.next(row) !== -1) yield [column.numberAt(row), chains.rowsOf(code).map((each) => table.at(each))];
    },
  };
};
