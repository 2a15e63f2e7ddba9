// The samples of one series, in blocks of the store's pool, ordered by time. What comes in order is written where it stays.
import type { Samples } from '../promql/storage.ts';
import type { AppendOutcome, ColumnMemory, ColumnState } from './column-state.ts';
import { blockAt, createColumnState, sameSample } from './column-state.ts';
import { bytesPerBlock } from './block-pool.ts';
import { insertLate } from './insert-late.ts';
import { lowerBound } from './sample-buffer.ts';
import { countOf, firstMsOf, readBlock, startBlock, writeSample } from './sample-block.ts';
import type { SampleValue } from './sample-code.ts';

export type SampleColumn = {
  append(timeMs: number, value: SampleValue, windowMs: number): AppendOutcome;
  /** Samples from `fromMs` to `toMs`, both included: a view of the store's one buffer, valid until any column is read or written again. */
  read(fromMs: number, toMs: number): Samples;
  /** Returns how many samples went. */
  dropBefore(timeMs: number): number;
  readonly length: number;
  /** NaN when empty. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bytes: number;
};

const appendLast = (state: ColumnState, timeMs: number, value: SampleValue): void => {
  const { pool, blocks, writer } = state;
  const block = blocks.at(-1);
  if (block === undefined || !writeSample(pool, block, writer, timeMs, value)) {
    const next = pool.allocate();
    startBlock(pool, next, timeMs, writer);
    writeSample(pool, next, writer, timeMs, value);
    blocks.push(next);
  }
  if (state.length === 0) state.firstMs = timeMs;
  state.length += 1;
  state.last = value;
};

const append = (state: ColumnState, timeMs: number, value: SampleValue, windowMs: number): AppendOutcome => {
  const lastMs = state.length > 0 ? state.writer.timeMs : -Infinity;
  if (timeMs < lastMs - windowMs) return 'late';
  if (timeMs < lastMs) return insertLate(state, timeMs, value);
  if (timeMs === lastMs) return sameSample(state.last, value) ? 'duplicate' : 'conflict';
  appendLast(state, timeMs, value);
  return 'appended';
};

const read = (state: ColumnState, fromMs: number, toMs: number): Samples => {
  const { pool, blocks, buffer } = state;
  const [first, last] = state.length === 0 ? [0, -1] : [blockAt(state, fromMs), blockAt(state, toMs)];
  let count = 0;
  for (let index = first; index <= last; index += 1) count += countOf(pool, blocks[index]!);
  const samples = buffer.reserve(count);
  let to = 0;
  for (let index = first; index <= last; index += 1) {
    readBlock(pool, blocks[index]!, samples, to);
    to += countOf(pool, blocks[index]!);
  }
  const from = lowerBound(samples.timesMs, fromMs, first === 0 && count > 0 ? state.skipped : 0, count);
  const end = Math.max(from, lowerBound(samples.timesMs, toMs + 1, from, count));
  return { timesMs: samples.timesMs.subarray(from, end), values: samples.values.subarray(from, end) };
};

const dropAll = (state: ColumnState): number => {
  const { length } = state;
  for (const block of state.blocks.splice(0)) state.pool.free(block);
  Object.assign(state, { skipped: 0, length: 0, firstMs: NaN });
  return length;
};

const dropBefore = (state: ColumnState, timeMs: number): number => {
  const { pool, blocks, buffer } = state;
  if (state.length === 0 || timeMs <= state.firstMs) return 0;
  if (timeMs > state.writer.timeMs) return dropAll(state);
  let gone = -state.skipped;
  for (const block of blocks.splice(0, blockAt(state, timeMs))) {
    gone += countOf(pool, block);
    pool.free(block);
  }
  const count = countOf(pool, blocks[0]!);
  const samples = buffer.reserve(count);
  readBlock(pool, blocks[0]!, samples, 0);
  state.skipped = lowerBound(samples.timesMs, timeMs, 0, count);
  gone += state.skipped;
  if (state.skipped === count) {
    pool.free(blocks.shift()!);
    state.skipped = 0;
  }
  state.firstMs = state.skipped === 0 ? firstMsOf(pool, blocks[0]!) : samples.timesMs[state.skipped]!;
  state.length -= gone;
  return gone;
};

export const createSampleColumn = (memory: ColumnMemory): SampleColumn => {
  const state = createColumnState(memory);
  return {
    append: (timeMs, value, windowMs) => append(state, timeMs, value, windowMs),
    read: (fromMs, toMs) => read(state, fromMs, toMs),
    dropBefore: (timeMs) => dropBefore(state, timeMs),
    get length() {
      return state.length;
    },
    get firstMs() {
      return state.firstMs;
    },
    get lastMs() {
      return state.length > 0 ? state.writer.timeMs : NaN;
    },
    get bytes() {
      return state.blocks.length * bytesPerBlock;
    },
  };
};
