// Numbers of one field, a row each, in the narrowest array that holds them: as differences to the first, whole or in thousandths (times have three decimals), or
// as they are where neither holds.

type Values = Int8Array | Int16Array | Int32Array | Float64Array;

/** The two lowest values say that there is none: `null` in the row, or no such field. */
type Width = {
  readonly make: (buffer: ArrayBuffer) => Values;
  readonly bytes: number;
  /** What a number is multiplied by to be whole; null: it is kept as it is. */
  readonly scale: number | null;
  readonly absent: number;
  readonly none: number;
  readonly highest: number;
};

const whole = (bits: number, scale: number, make: Width['make']): Width => {
  const lowest = -(2 ** (bits - 1));
  return { make, bytes: bits / 8, scale, absent: lowest, none: lowest + 1, highest: -lowest - 1 };
};

/** From narrow to wide. */
const widths: readonly [Width, ...Width[]] = [
  whole(8, 1, (buffer) => new Int8Array(buffer)),
  whole(16, 1, (buffer) => new Int16Array(buffer)),
  whole(32, 1, (buffer) => new Int32Array(buffer)),
  whole(32, 1000, (buffer) => new Int32Array(buffer)),
  { make: (buffer) => new Float64Array(buffer), bytes: 8, scale: null, absent: -Infinity, none: -Number.MAX_VALUE, highest: Infinity },
];
const firstRows = 64;

/** null: the row says that there is none. undefined: it does not have the field. */
export type Cell = number | null | undefined;

/** The same two as numbers, where cells stand in an array of doubles; no JSON is either. */
export const absentCell = NaN;
export const nullCell = -Infinity;

// A class, for its methods run for each field of each row.
export class NumberColumn {
  length = 0;
  #level = 0;
  #width: Width = widths[0];
  #values: Values = widths[0].make(new ArrayBuffer(firstRows));
  /** What the differences are to, in the scale of the width; NaN: no number has come yet. */
  #base = NaN;
  #scale: number | null = widths[0].scale;
  #none = widths[0].none;
  #highest = widths[0].highest;

  push(value: Cell): void {
    this.pushCell(value === undefined ? absentCell : (value ?? nullCell));
  }

  pushCell(cell: number): void {
    if (this.length === this.#values.length) this.#values = this.#resized(this.#values.length * 2);
    // A fraction too small to change a difference is not lost unseen: the number itself must be whole.
    const difference = cell - this.#base;
    const fits = this.#scale === 1 && difference > this.#none && difference <= this.#highest && Math.floor(cell) === cell;
    // Before the values are looked at, for it may put wider ones in their place.
    const stored = fits ? difference : this.#encode(cell);
    this.#values[this.length] = stored;
    this.length += 1;
  }

  at(row: number): Cell {
    const value = this.#values[row] as number;
    if (value > this.#none) return this.#decode(value);
    return value === this.#none ? null : undefined;
  }

  /** The number, and NaN where there is none. */
  numberAt(row: number): number {
    const value = this.#values[row] as number;
    return value > this.#none ? this.#decode(value) : NaN;
  }

  /** Gives back what was kept for more rows. */
  trim(): void {
    this.#values = this.#resized(this.length);
  }

  #decode(value: number): number {
    const scaled = value + this.#base;
    return this.#scale === 1000 ? scaled / 1000 : scaled;
  }

  #encode(cell: number): number {
    if (cell === nullCell) return this.#none;
    if (Number.isNaN(cell)) return this.#width.absent;
    if (Number.isNaN(this.#base)) this.#base = baseOf(this.#width, cell);
    const stored = storedIn(this.#width, cell, this.#base);
    if (stored !== null) return stored;
    this.#widen(cell);
    return this.#encode(cell);
  }

  /** To the next width that holds all that is there, and the value. */
  #widen(value: number): void {
    for (let level = this.#level + 1; ; level += 1) {
      const width = widths[level] as Width;
      const base = width.scale === this.#scale ? this.#base : baseOf(width, this.#first() ?? value);
      const values = storedIn(width, value, base) === null ? null : this.#valuesIn(width, base);
      if (values === null) continue;
      this.#values = values;
      this.#level = level;
      this.#width = width;
      this.#base = base;
      this.#scale = width.scale;
      this.#none = width.none;
      this.#highest = width.highest;
      return;
    }
  }

  #first(): number | undefined {
    for (let row = 0; row < this.length; row += 1) if ((this.#values[row] as number) > this.#none) return this.numberAt(row);
    return undefined;
  }

  /** null: it can't hold them all. */
  #valuesIn(width: Width, base: number): Values | null {
    const values = width.make(new ArrayBuffer(this.#values.length * width.bytes));
    for (let row = 0; row < this.length; row += 1) {
      const before = this.#values[row] as number;
      if (before > this.#none) {
        const stored = width.scale === this.#scale ? before : storedIn(width, this.#decode(before), base);
        if (stored === null) return null;
        values[row] = stored;
      } else values[row] = before === this.#none ? width.none : width.absent;
    }
    return values;
  }

  #resized(rows: number): Values {
    const { make, bytes } = this.#width;
    return make((this.#values.buffer as ArrayBuffer).transfer(rows * bytes));
  }
}

const baseOf = ({ scale }: Width, first: number): number => (scale === null ? 0 : Math.round(first * scale));

/** null: this width can't hold it exactly. */
const storedIn = ({ scale, none, highest }: Width, value: number, base: number): number | null => {
  if (scale === null) return value;
  const scaled = scale === 1 ? value : Math.round(value * scale);
  const difference = scaled - base;
  const isExact = scale === 1 ? Math.trunc(value) === value : scaled / scale === value && Math.abs(scaled) <= Number.MAX_SAFE_INTEGER;
  return isExact && difference > none && difference <= highest ? difference : null;
};
