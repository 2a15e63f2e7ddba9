// What a column of samples consists of, and where in it a time is.
import type { BlockPool } from './block-pool.ts';
import type { SampleBuffer } from './sample-buffer.ts';
import type { BlockWriter } from './sample-block.ts';
import { firstMsOf } from './sample-block.ts';
import type { SampleValue } from './sample-code.ts';

/** duplicate: the very same sample again; conflict: another value at a time that has one; late: older than the window allows. */
export type AppendOutcome = 'appended' | 'duplicate' | 'conflict' | 'late';

/** What all columns of a store share. */
export type ColumnMemory = { readonly pool: BlockPool; readonly buffer: SampleBuffer };

export type ColumnState = ColumnMemory & {
  readonly blocks: number[];
  /** Of the last block; its time is that of the newest sample. */
  readonly writer: BlockWriter;
  /** Samples at the start of the first block that are dropped already. */
  skipped: number;
  length: number;
  firstMs: number;
  last: SampleValue;
};

export const createColumnState = ({ pool, buffer }: ColumnMemory): ColumnState => ({
  pool,
  buffer,
  blocks: [],
  writer: { timeMs: 0, intervalMs: 0, value: 0, end: 0 },
  skipped: 0,
  length: 0,
  firstMs: NaN,
  last: 0,
});

/** The last block that does not begin after the time; the first one for a time before all. */
export const blockAt = ({ pool, blocks }: ColumnState, timeMs: number): number => {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (firstMsOf(pool, blocks[middle]!) <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
};

export const sameSample = (one: SampleValue, other: SampleValue): boolean => Object.is(one, other);
