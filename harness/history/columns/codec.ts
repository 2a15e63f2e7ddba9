// How the values of a field become numbers, and numbers values again.
import type { Dictionary } from './dictionary.ts';

/** `object`: a small one, of which there are few different ones. A field of any kind may also be null, or not there. */
export type FieldKind = 'number' | 'text' | 'flag' | 'object';

export type Codec = {
  /** undefined: the value is not of this kind. */
  readonly encode: (value: unknown) => number | undefined;
  readonly decode: (cell: number) => unknown;
};

const number: Codec = { encode: (value) => (typeof value === 'number' ? value : undefined), decode: (cell) => cell };

const flag: Codec = { encode: (value) => (typeof value === 'boolean' ? Number(value) : undefined), decode: (cell) => cell === 1 };

const text = (dictionary: Dictionary): Codec => ({
  encode: (value) => (typeof value === 'string' ? dictionary.codeOf(value) : undefined),
  decode: (cell) => dictionary.text(cell),
});

const object = (dictionary: Dictionary): Codec => ({
  encode: (value) => (typeof value === 'object' ? dictionary.codeOf(JSON.stringify(value)) : undefined),
  decode: (cell) => JSON.parse(dictionary.text(cell)) as unknown,
});

export const codecs: Readonly<Record<FieldKind, (dictionary: Dictionary) => Codec>> = {
  number: () => number,
  flag: () => flag,
  text,
  object,
};
