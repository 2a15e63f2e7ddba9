// How a sample is written in few bytes, most often one: only what differs from the sample before it. Lossless.
// After Gorilla (https://www.vldb.org/pvldb/vol8/p1816-teller.pdf), but in whole bytes, which JavaScript reads several times faster than bits, and with
// differences of numbers beside those of bits: counters rise by whole numbers.

/** 'stale' ends the series at its time. */
export type SampleValue = number | 'stale';

/**
 * A sample is a control byte, the change of its interval where the top bit says so (a varint, zigzag), and what its kind needs: nothing, a whole-number
 * difference of 1, 2 or 4 bytes, or those bytes of the value that differ from the one before. The last kinds are small differences themselves.
 */
export const intervalChanged = 0x80;

export const kinds = { same: 0, stale: 1, nan: 2, int8: 3, int16: 4, int32: 5, bytes: 6, small: 42 } as const;

/** Kinds of `bytes`: by how many leading bytes are equal, and how many after them are written. The rest, at the end, is equal too. */
export const byteKind = (leading: number, written: number): number => kinds.bytes + (leading * (17 - leading)) / 2 + written - 1;

const pairs = Array.from({ length: 8 }, (_, leading) =>
  Array.from({ length: 8 - leading }, (_unused, index) => ({ leading, written: index + 1 })),
).flat();
export const leadingOf = Uint8Array.from(pairs, ({ leading }) => leading);
export const writtenOf = Uint8Array.from(pairs, ({ written }) => written);

/** Differences from here on have a kind of their own, up to the last kind that seven bits can say. */
export const smallest = -7;
export const largest = 127 - kinds.small + smallest;

/** What is known of the sample before: enough to write or read the next one. NaN and stale markers leave `value` as it was. */
export type CodeState = { timeMs: number; intervalMs: number; value: number };

/** The longest that a sample can be: control, interval, value. */
export const longestSample = 1 + 8 + 8;
