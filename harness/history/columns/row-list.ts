// What lists of rows have in common, be they arrays or views of a table.

export type RowList<Row> = {
  readonly length: number;
  [Symbol.iterator](): Iterator<Row>;
  /** An array: of a million rows to be asked for few. */
  filter(keep: (row: Row) => boolean): readonly Row[];
  map<Value>(of: (row: Row) => Value): readonly Value[];
};

export const countRows = <Row>(rows: RowList<Row>, counts: (row: Row) => boolean): number => {
  let count = 0;
  for (const row of rows) if (counts(row)) count += 1;
  return count;
};

export abstract class Views<Row> implements RowList<Row> {
  abstract readonly length: number;
  abstract at(place: number): Row;

  /** Not a generator, which costs more than the row. */
  [Symbol.iterator](): Iterator<Row> {
    let place = -1;
    const next = (): IteratorResult<Row> => {
      place += 1;
      return place < this.length ? { done: false, value: this.at(place) } : { done: true, value: undefined };
    };
    return { next };
  }

  filter(keep: (row: Row) => boolean): readonly Row[] {
    const kept: Row[] = [];
    for (const row of this) if (keep(row)) kept.push(row);
    return kept;
  }

  map<Value>(of: (row: Row) => Value): readonly Value[] {
    return Array.from(this, of);
  }
}
