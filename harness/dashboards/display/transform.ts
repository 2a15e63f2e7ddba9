// The transformations of a panel, on tables.
import type { Cell, Column, Table } from '../frames/frame.ts';
import { rowsOf } from '../frames/frame.ts';
import type { Transformation } from '../panel.ts';

const rowKey = (table: Table, shared: readonly string[], row: number): string =>
  JSON.stringify(shared.map((name) => table.columns.find((column) => column.name === name)?.cells[row] ?? null));

/** One table of all: rows that agree in the columns that tables share become one, as Grafana's "Merge" does. */
const merge = (tables: readonly Table[]): readonly Table[] => {
  const [first] = tables;
  if (first === undefined || tables.length === 1) return tables;
  const columns = [...new Map(tables.flatMap((table) => table.columns.map((column) => [column.name, column] as const))).values()];
  const shared = columns
    .map(({ name }) => name)
    .filter((name) => tables.every((table) => table.columns.some((column) => column.name === name)));
  const rows = new Map<string, Record<string, Cell>>();
  tables.forEach((table, at) => {
    for (let row = 0; row < rowsOf(table); row += 1) {
      const key = shared.length === 0 ? `${at}/${row}` : rowKey(table, shared, row);
      const merged = rows.get(key) ?? {};
      for (const column of table.columns) merged[column.name] = column.cells[row] ?? null;
      rows.set(key, merged);
    }
  });
  const all = [...rows.values()];
  return [{ refId: first.refId, columns: columns.map((column) => ({ ...column, cells: all.map((row) => row[column.name] ?? null) })) }];
};

const pick = (table: Table, order: readonly number[]): Table => ({
  ...table,
  columns: table.columns.map((column) => ({ ...column, cells: order.map((row) => column.cells[row] ?? null) })),
});

const compareCells = (one: Cell, other: Cell): number => {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other), 'en', { numeric: true });
};

/** Rows without a value come last, whichever way it is sorted. A column that is not there changes nothing. */
export const sortTable = (table: Table, field: string, descending: boolean): Table => {
  const cells = table.columns.find(({ name }) => name === field)?.cells;
  if (cells === undefined) return table;
  const order = [...cells.keys()].toSorted((one, other) => {
    const [left, right] = [cells[one] ?? null, cells[other] ?? null];
    return left === null || right === null || !descending ? compareCells(left, right) : compareCells(right, left);
  });
  return pick(table, order);
};

type Organize = Extract<Transformation, { id: 'organize' }>;

const organize = ({ exclude, rename, order }: Organize, table: Table): Table => {
  const place = ({ name }: Column): number => order[name] ?? Number.MAX_SAFE_INTEGER;
  const columns = table.columns
    .filter(({ name }) => !exclude.includes(name))
    .toSorted((one, other) => place(one) - place(other))
    .map((column) => ({ ...column, name: rename[column.name] ?? column.name }));
  return { ...table, columns };
};

const apply = (tables: readonly Table[], transformation: Transformation): readonly Table[] => {
  switch (transformation.id) {
    case 'merge':
      return merge(tables);
    case 'labelsToFields':
      return tables;
    case 'organize':
      return tables.map((table) => organize(transformation, table));
    case 'sortBy':
      return tables.map((table) => sortTable(table, transformation.field, transformation.descending));
    case 'filterFieldsByName': {
      const { names, pattern } = transformation;
      const wanted = (name: string): boolean => names.includes(name) || (pattern !== undefined && new RegExp(pattern).test(name));
      return tables.map((table) => ({ ...table, columns: table.columns.filter(({ name }) => wanted(name)) }));
    }
  }
};

export const transformTables = (tables: readonly Table[], transformations: readonly Transformation[]): readonly Table[] =>
  transformations.reduce(apply, tables);
