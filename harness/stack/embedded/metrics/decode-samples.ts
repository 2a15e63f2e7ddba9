// Reads samples; sample-code.ts says how they are written. The innermost loop of every query: plain, and without a call for the common kinds.
import { writeStaleMarker } from '../promql/storage.ts';
import { intervalChanged, kinds, leadingOf, smallest, writtenOf } from './sample-code.ts';

const number = new Float64Array(1);
const numberBytes = new Uint8Array(number.buffer);

type Cursor = { at: number };

const cursor: Cursor = { at: 0 };

const takeVarint = (bytes: Uint8Array): number => {
  let [value, weight, byte] = [0, 1, 0];
  do {
    byte = bytes[cursor.at++]!;
    value += (byte & 127) * weight;
    weight *= 128;
  } while (byte >= 128);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const takeRare = (bytes: Uint8Array, kind: number, before: number): number => {
  const { at } = cursor;
  if (kind === kinds.int8) {
    cursor.at = at + 1;
    return before + ((bytes[at]! << 24) >> 24);
  }
  if (kind === kinds.int16) {
    cursor.at = at + 2;
    return before + (((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16);
  }
  if (kind === kinds.int32) {
    cursor.at = at + 4;
    return before + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  }
  number[0] = before;
  const high = 7 - leadingOf[kind - kinds.bytes]!;
  const written = writtenOf[kind - kinds.bytes]!;
  for (let index = 0; index < written; index += 1) numberBytes[high - index] = bytes[at + index]!;
  cursor.at = at + written;
  return number[0];
};

export type EncodedSamples = { readonly bytes: Uint8Array; readonly at: number; readonly count: number; readonly firstMs: number };

/** Into the two arrays from `to` on. */
export const decodeSamples = (
  { bytes, at, count, firstMs }: EncodedSamples,
  timesMs: Float64Array,
  values: Float64Array,
  to: number,
): void => {
  let [timeMs, intervalMs, value] = [firstMs, 0, 0];
  cursor.at = at;
  for (let index = to; index < to + count; index += 1) {
    const control = bytes[cursor.at++]!;
    if (control >= intervalChanged) intervalMs += takeVarint(bytes);
    timeMs += intervalMs;
    timesMs[index] = timeMs;
    const kind = control & 127;
    if (kind >= kinds.small) value += kind - kinds.small + smallest;
    else if (kind > kinds.nan) value = takeRare(bytes, kind, value);
    if (kind === kinds.stale) writeStaleMarker(values, index);
    else values[index] = kind === kinds.nan ? NaN : value;
  }
};
