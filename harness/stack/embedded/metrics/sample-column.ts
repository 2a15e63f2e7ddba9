// The samples of one series, in blocks of the store's pool, ordered by time.
import { isStaleAt, writeStaleMarker } from '../promql/storage.ts';
import type { BlockPool } from './block-pool.ts';
import { bytesPerBlock, samplesPerBlock, startOfBlock } from './block-pool.ts';

/** 'stale' ends the series at its time. */
export type SampleValue = number | 'stale';

/** duplicate: the very same sample again; conflict: another value at a time that has one; late: older than the window allows. */
export type AppendOutcome = 'appended' | 'duplicate' | 'conflict' | 'late';

export type SampleColumn = {
  append(timeMs: number, value: SampleValue, windowMs: number): AppendOutcome;
  /** Samples from `fromMs` to `toMs`, both included; a copy, or a view that is valid until the next write. */
  read(fromMs: number, toMs: number): { readonly timesMs: Float64Array; readonly values: Float64Array };
  /** Returns how many samples went. */
  dropBefore(timeMs: number): number;
  readonly length: number;
  /** NaN when empty. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bytes: number;
};

/** Samples are numbered through the blocks; the first `skipped` of them are dropped already. */
type Column = { readonly pool: BlockPool; readonly blocks: number[]; skipped: number; end: number };

const blockAt = (column: Column, index: number): number => column.blocks[Math.floor(index / samplesPerBlock)]!;

const placeOf = (column: Column, index: number): number => startOfBlock(blockAt(column, index)) + (index % samplesPerBlock);

const timeAt = (column: Column, index: number): number => column.pool.slabOf(blockAt(column, index)).numbers[placeOf(column, index)]!;

/** First sample whose time is not before `timeMs`. */
const lowerBound = (column: Column, timeMs: number): number => {
  let [low, high] = [column.skipped, column.end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(column, middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

const write = (column: Column, index: number, timeMs: number, value: SampleValue): void => {
  const { numbers } = column.pool.slabOf(blockAt(column, index));
  const place = placeOf(column, index);
  numbers[place] = timeMs;
  if (value === 'stale') writeStaleMarker(numbers, place + samplesPerBlock);
  else numbers[place + samplesPerBlock] = value;
};

const copyWithin = (column: Column, from: number, to: number): void => {
  const source = column.pool.slabOf(blockAt(column, from)).words;
  const target = column.pool.slabOf(blockAt(column, to)).words;
  for (const part of [0, samplesPerBlock]) {
    const [read, written] = [2 * (placeOf(column, from) + part), 2 * (placeOf(column, to) + part)];
    target[written] = source[read]!;
    target[written + 1] = source[read + 1]!;
  }
};

/** Late samples are few and not very late: those behind them move up by one. */
const insert = (column: Column, at: number, timeMs: number, value: SampleValue): void => {
  if (column.end === column.blocks.length * samplesPerBlock) column.blocks.push(column.pool.allocate());
  for (let index = column.end; index > at; index -= 1) copyWithin(column, index - 1, index);
  write(column, at, timeMs, value);
  column.end += 1;
};

const holds = (column: Column, index: number, value: SampleValue): boolean => {
  const { numbers } = column.pool.slabOf(blockAt(column, index));
  const place = placeOf(column, index) + samplesPerBlock;
  const stale = isStaleAt(numbers, place);
  return value === 'stale' || stale ? stale === (value === 'stale') : Object.is(numbers[place], value);
};

const append = (column: Column, timeMs: number, value: SampleValue, windowMs: number): AppendOutcome => {
  const lastMs = column.end > column.skipped ? timeAt(column, column.end - 1) : -Infinity;
  if (timeMs < lastMs - windowMs) return 'late';
  const at = timeMs > lastMs ? column.end : lowerBound(column, timeMs);
  if (at < column.end && timeAt(column, at) === timeMs) return holds(column, at, value) ? 'duplicate' : 'conflict';
  insert(column, at, timeMs, value);
  return 'appended';
};

const copyPart = (column: Column, from: number, to: number, target: Float64Array, part: number): void => {
  let written = 0;
  for (let index = from; index < to;) {
    const { numbers } = column.pool.slabOf(blockAt(column, index));
    const place = placeOf(column, index) + part;
    const count = Math.min(samplesPerBlock - (index % samplesPerBlock), to - index);
    target.set(numbers.subarray(place, place + count), written);
    written += count;
    index += count;
  }
};

const read = (column: Column, fromMs: number, toMs: number): { readonly timesMs: Float64Array; readonly values: Float64Array } => {
  const from = lowerBound(column, fromMs);
  const to = Math.max(from, lowerBound(column, toMs + 1));
  const count = to - from;
  if (count > 0 && blockAt(column, from) === blockAt(column, to - 1)) {
    const { numbers } = column.pool.slabOf(blockAt(column, from));
    const place = placeOf(column, from);
    const valuePlace = place + samplesPerBlock;
    return { timesMs: numbers.subarray(place, place + count), values: numbers.subarray(valuePlace, valuePlace + count) };
  }
  const [timesMs, values] = [new Float64Array(count), new Float64Array(count)];
  copyPart(column, from, to, timesMs, 0);
  copyPart(column, from, to, values, samplesPerBlock);
  return { timesMs, values };
};

const dropBefore = (column: Column, timeMs: number): number => {
  const kept = lowerBound(column, timeMs);
  const dropped = kept - column.skipped;
  const wholeBlocks = kept === column.end ? column.blocks.length : Math.floor(kept / samplesPerBlock);
  for (const block of column.blocks.splice(0, wholeBlocks)) column.pool.free(block);
  column.end = kept === column.end ? 0 : column.end - wholeBlocks * samplesPerBlock;
  column.skipped = column.end === 0 ? 0 : kept - wholeBlocks * samplesPerBlock;
  return dropped;
};

export const createSampleColumn = (pool: BlockPool): SampleColumn => {
  const column: Column = { pool, blocks: [], skipped: 0, end: 0 };
  return {
    append: (timeMs, value, windowMs) => append(column, timeMs, value, windowMs),
    read: (fromMs, toMs) => read(column, fromMs, toMs),
    dropBefore: (timeMs) => dropBefore(column, timeMs),
    get length() {
      return column.end - column.skipped;
    },
    get firstMs() {
      return column.end > column.skipped ? timeAt(column, column.skipped) : NaN;
    },
    get lastMs() {
      return column.end > column.skipped ? timeAt(column, column.end - 1) : NaN;
    },
    get bytes() {
      return column.blocks.length * bytesPerBlock;
    },
  };
};
