// Rows with the same code, as chains: the first row of each code, and behind each row the next with its code. For codes of which most have one row, or two.

export class Chains {
  readonly #first: Int32Array;
  /** Made with the first code that comes twice: most tables have none. */
  #next: Int32Array | null = null;

  /** `codeAt`: from 0 to below `codes`; NaN or less for a row that is in no chain. */
  constructor(codes: number, rows: number, codeAt: (row: number) => number) {
    this.#first = new Int32Array(codes).fill(-1);
    for (let row = rows - 1; row >= 0; row -= 1) {
      const code = codeAt(row);
      if (!(code >= 0)) continue;
      const next = this.#first[code] as number;
      this.#first[code] = row;
      if (next === -1) continue;
      this.#next ??= new Int32Array(rows).fill(-1);
      this.#next[row] = next;
    }
  }

  /** -1: there is none; so is every code that is not known. */
  first(code: number): number {
    return this.#first[code] ?? -1;
  }

  /** The next row with the code of this one, or -1. */
  next(row: number): number {
    return this.#next?.[row] ?? -1;
  }

  last(code: number): number {
    let row = this.first(code);
    while (row !== -1 && this.next(row) !== -1) row = this.next(row);
    return row;
  }

  rowsOf(code: number): readonly number[] {
    const rows: number[] = [];
    for (let row = this.first(code); row !== -1; row = this.next(row)) rows.push(row);
    return rows;
  }
}
