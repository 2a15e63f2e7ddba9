// Takes a row from its line without making an object of it. It knows lines as JSON.stringify writes a flat row: fields of the table in any order, strings without
// escapes, numbers without exponents. Whatever else a line is, it says so, and JSON.parse has the word: this is no JSON parser, and refuses nothing.
import { type ByteWord, byteWord, standsAt, viewOf } from './byte-word.ts';
import type { Dictionary } from './dictionary.ts';
import type { FieldKind } from './codec.ts';
import { absentCell, nullCell } from './number-column.ts';

export type ScannedField = { readonly name: string; readonly kind: FieldKind; readonly dictionary: Dictionary };

const byteOf = (character: string): number => character.charCodeAt(0);
const [quote, backslash, comma, dot, minus, letterN] = [byteOf('"'), byteOf('\\'), byteOf(','), byteOf('.'), byteOf('-'), byteOf('n')];
const [open, close, zero, nine] = [byteOf('{'), byteOf('}'), byteOf('0'), byteOf('9')];
const firstPrintable = 0x20;
const [nullWord, trueWord, falseWord] = [byteWord('null'), byteWord('true'), byteWord('false')];

/** A whole number of this range divided by one of these is the double that is nearest to the decimal fraction: both are exact. */
const powersOfTen = Array.from({ length: 23 }, (_unused, power) => 10 ** power);

const other = -1;

// A class, for its one method runs for each line; what it calls for each field are plain functions, which return where they ended, or `other`.
export class LineScanner {
  /** The row that was scanned last, in the order of the fields. */
  readonly cells: Float64Array;
  readonly #fields: readonly ScannedField[];
  readonly #names: readonly ByteWord[];
  #bytes: Uint8Array = new Uint8Array();
  #view = viewOf(this.#bytes);

  constructor(fields: readonly ScannedField[]) {
    this.cells = new Float64Array(fields.length);
    this.#fields = fields;
    this.#names = fields.map(({ name }) => byteWord(`${JSON.stringify(name)}:`));
  }

  /** True where the line from `from` to `to`, which must be valid UTF-8, is a row: its cells are then in `cells`. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] !== open) return false;
    if (bytes !== this.#bytes) this.#lookAt(bytes);
    const view = this.#view;
    const names = this.#names;
    const fields = this.#fields;
    const cells = this.cells;
    cells.fill(absentCell);
    let due = 0;
    for (let at = from + 1; ; at += 1) {
      const field = fieldAt(view, at, names, due);
      if (field === other) return false;
      at += (names[field] as ByteWord).length;
      at = bytes[at] === letterN ? nullAt(view, at, field, cells) : valueAt(bytes, view, at, field, fields[field] as ScannedField, cells);
      if (at === other) return false;
      if (bytes[at] === close) return at + 1 === to;
      if (bytes[at] !== comma) return false;
      due = field + 1;
    }
  }

  #lookAt(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

/** The field whose name stands there: most often the one that is due, or one behind it where some are left out. */
const fieldAt = (view: DataView, at: number, names: readonly ByteWord[], due: number): number => {
  for (let field = due; field < names.length; field += 1) if (standsAt(view, at, names[field] as ByteWord)) return field;
  for (let field = 0; field < due; field += 1) if (standsAt(view, at, names[field] as ByteWord)) return field;
  return other;
};

const nullAt = (view: DataView, at: number, field: number, cells: Float64Array): number => {
  cells[field] = nullCell;
  return standsAt(view, at, nullWord) ? at + nullWord.length : other;
};

const valueAt = (
  bytes: Uint8Array,
  view: DataView,
  at: number,
  field: number,
  { kind, dictionary }: ScannedField,
  cells: Float64Array,
): number => {
  if (kind === 'number') return numberAt(bytes, at, field, cells);
  if (kind === 'text') return textAt(bytes, at, field, dictionary, cells);
  if (kind === 'flag') return flagAt(view, at, field, cells);
  return other;
};

const flagAt = (view: DataView, at: number, field: number, cells: Float64Array): number => {
  const isTrue = standsAt(view, at, trueWord);
  cells[field] = isTrue ? 1 : 0;
  if (isTrue) return at + trueWord.length;
  return standsAt(view, at, falseWord) ? at + falseWord.length : other;
};

const textAt = (bytes: Uint8Array, at: number, field: number, dictionary: Dictionary, cells: Float64Array): number => {
  if (bytes[at] !== quote) return other;
  let end = at + 1;
  for (let byte = bytes[end]; byte !== quote; byte = bytes[(end += 1)])
    if (byte === undefined || byte < firstPrintable || byte === backslash) return other;
  cells[field] = dictionary.codeOfBytes(bytes, at + 1, end);
  return end + 1;
};

/** What follows must be a comma or the end, and no exponent: `scan` looks. */
const numberAt = (bytes: Uint8Array, at: number, field: number, cells: Float64Array): number => {
  const first = bytes[at] === minus ? at + 1 : at;
  let end = first;
  let point = other;
  // Nine digits at a time are added up as a small integer, which is several times as fast as a double.
  let digits = 0;
  let count = 0;
  let nines = 0;
  for (; ; end += 1) {
    const byte = bytes[end] as number;
    if (byte >= zero && byte <= nine) {
      digits = (Math.imul(digits, 10) + byte - zero) | 0;
      count += 1;
      if (count === 9) {
        nines = nines * 1e9 + digits;
        digits = 0;
        count = 0;
      }
    } else if (byte === dot && point === other) point = end;
    else break;
  }
  const wholeEnd = point === other ? end : point;
  const isNumber = wholeEnd > first && (wholeEnd === first + 1 || bytes[first] !== zero) && point !== end - 1;
  const decimals = point === other ? 0 : end - point - 1;
  const mantissa = nines * (powersOfTen[count] as number) + digits;
  if (!isNumber || mantissa > Number.MAX_SAFE_INTEGER || decimals >= powersOfTen.length) return other;
  const value = decimals === 0 ? mantissa : mantissa / (powersOfTen[decimals] as number);
  cells[field] = first === at ? value : -value;
  return end;
};
