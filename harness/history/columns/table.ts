// Rows of one kind, kept as columns. Whoever reads a row gets a view of it: a place in the table, whose fields are read from their columns. A plain object is made
// only of what is shown to a reader.
import { type Codec, codecs, type FieldKind } from './codec.ts';
import type { Dictionaries } from './dictionary.ts';
import { LineScanner, type ScannedField } from './line-scanner.ts';
import { NumberColumn } from './number-column.ts';
import { type RowList, Views } from './row-list.ts';

export type Fields<Row> = { readonly [Field in keyof Row]-?: FieldKind };

type Column = ScannedField & { readonly codec: Codec; readonly numbers: NumberColumn };

/** A row's place. Its fields are getters of the prototype that its table makes. */
class View {
  readonly table: Table<object>;
  readonly place: number;
  constructor(table: Table<object>, place: number) {
    this.table = table;
    this.place = place;
  }
}

// A class, for a view is made for each row that is looked at.
export class Table<Row extends object> extends Views<Row> {
  length = 0;
  readonly dictionaries: Dictionaries;
  readonly #columns: readonly Column[];
  readonly #byName: ReadonlyMap<string, Column>;
  readonly #scanner: LineScanner;
  readonly #View: typeof View;
  /** Rows with a field that has no column, or that is not of its kind: kept as they are, to be shown. */
  readonly #odd = new Map<number, Row>();

  constructor(fields: Fields<Row>, dictionaries: Dictionaries) {
    super();
    this.dictionaries = dictionaries;
    this.#columns = Object.entries<FieldKind>(fields).map(([name, kind]) => {
      const dictionary = dictionaries.of(name);
      return { name, kind, dictionary, codec: codecs[kind](dictionary), numbers: new NumberColumn() };
    });
    this.#scanner = new LineScanner(this.#columns);
    this.#byName = new Map(this.#columns.map((column) => [column.name, column]));
    this.#View = viewsOf(this.#columns);
  }

  add(row: Row): void {
    const values = Object(row) as Readonly<Record<string, unknown>>;
    let fields = 0;
    let isOdd = false;
    for (const { name, codec, numbers } of this.#columns) {
      const value = values[name];
      const cell = value === null ? null : codec.encode(value);
      numbers.push(cell);
      if (value === undefined) continue;
      fields += 1;
      isOdd ||= cell === undefined;
    }
    if (isOdd || fields !== countFields(values)) this.#odd.set(this.length, row);
    this.length += 1;
  }

  /** Adds the row of a line of valid UTF-8. False: it is not of the simple kind, and nothing was added. */
  addLine(bytes: Uint8Array, from: number, to: number): boolean {
    if (!this.#scanner.scan(bytes, from, to)) return false;
    const { cells } = this.#scanner;
    for (let field = 0; field < cells.length; field += 1) (this.#columns[field] as Column).numbers.pushCell(cells[field] as number);
    this.length += 1;
    return true;
  }

  at(place: number): Row {
    return new this.#View(this as unknown as Table<object>, place) as unknown as Row;
  }

  rows(places: Iterable<number>): readonly Row[] {
    return Array.from(places, (place) => this.at(place));
  }

  /** The row as an object of its own, with the fields that it has. */
  plain(place: number): Row {
    const odd = this.#odd.get(place);
    if (odd !== undefined) return odd;
    const fields = this.#columns.map((column) => [column.name, valueAt(column, place)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as Row;
  }

  /** Of numbers themselves, of texts their codes. */
  column(name: keyof Row & string): NumberColumn {
    const column = this.#byName.get(name);
    if (column === undefined) throw new Error(`there is no column ${name}`);
    return column.numbers;
  }

  /** Gives back what was kept for more rows. */
  trim(): void {
    for (const { numbers } of this.#columns) numbers.trim();
  }
}

const countFields = (values: Readonly<Record<string, unknown>>): number => {
  let fields = 0;
  for (const name in values) if (values[name] !== undefined) fields += 1;
  return fields;
};

const valueAt = ({ codec, numbers }: Column, place: number): unknown => {
  const cell = numbers.at(place);
  return typeof cell === 'number' ? codec.decode(cell) : cell;
};

const viewsOf = (columns: readonly Column[]): typeof View => {
  const Made = class extends View {};
  for (const column of columns) Object.defineProperty(Made.prototype, column.name, { get: getterOf(column) });
  return Made;
};

const getterOf = (column: Column): ((this: View) => unknown) => {
  const { kind, numbers } = column;
  if (kind !== 'number')
    return function get(this: View) {
      return valueAt(column, this.place);
    };
  return function get(this: View) {
    return numbers.at(this.place);
  };
};

export const tableFrom = <Row extends object>(fields: Fields<Row>, rows: RowList<Row>, dictionaries: Dictionaries): Table<Row> => {
  const table = new Table(fields, dictionaries);
  for (const row of rows) table.add(plainRow(row));
  table.trim();
  return table;
};

/** The row as an object of its own, also where it is one already. */
export const plainRow = <Row extends object>(row: Row): Row => (row instanceof View ? (row.table.plain(row.place) as Row) : row);

/** Where a row of a table stands in it. */
export const placeOf = (row: object): number => {
  if (row instanceof View) return row.place;
  throw new Error('this row is of no table');
};

/** Where a row stands in this table; -1 of an object, and of a row of another. */
export const placeIn = <Row extends object>(table: Table<Row>, row: object): number =>
  row instanceof View && (row.table as unknown) === table ? row.place : -1;

/** Compares rows of two tables of the same run by these fields: which of them say another thing. Of texts the codes are compared, and no string is made. */
export const fieldsApart = <Field extends string>(
  fields: readonly Field[],
  left: Table<{ readonly [Name in Field]?: unknown }>,
  right: Table<{ readonly [Name in Field]?: unknown }>,
): ((leftPlace: number, rightPlace: number) => readonly Field[]) => {
  const pairs = fields.map((field) => ({ field, left: left.column(field), right: right.column(field) }));
  const none: readonly Field[] = [];
  return (leftPlace, rightPlace) => {
    let apart = none;
    for (const pair of pairs) if (pair.left.at(leftPlace) !== pair.right.at(rightPlace)) apart = [...apart, pair.field];
    return apart;
  };
};
