// A sample that came after newer ones: the block it belongs to is written anew with it, as two where it does not fit.
import type { Samples } from '../promql/storage.ts';
import { isStaleAt, writeStaleMarker } from '../promql/storage.ts';
import type { AppendOutcome, ColumnState } from './column-state.ts';
import { blockAt, sameSample } from './column-state.ts';
import { lowerBound } from './sample-buffer.ts';
import type { BlockWriter } from './sample-block.ts';
import { countOf, readBlock, startBlock, writeSample } from './sample-block.ts';
import type { SampleValue } from './sample-code.ts';

const valueAt = ({ values }: Samples, index: number): SampleValue => (isStaleAt(values, index) ? 'stale' : values[index]!);

const putAt = ({ timesMs, values }: Samples, index: number, count: number, timeMs: number, value: SampleValue): void => {
  timesMs.copyWithin(index + 1, index, count);
  values.copyWithin(index + 1, index, count);
  timesMs[index] = timeMs;
  if (value === 'stale') writeStaleMarker(values, index);
  else values[index] = value;
};

/** As halves where one block has no room: both then have some for the next late one. `writer` is left at the end of the last block. */
const pack = (state: ColumnState, samples: Samples, from: number, to: number, writer: BlockWriter): readonly number[] => {
  const { pool } = state;
  const block = pool.allocate();
  startBlock(pool, block, samples.timesMs[from]!, writer);
  for (let index = from; index < to; index += 1) {
    if (writeSample(pool, block, writer, samples.timesMs[index]!, valueAt(samples, index))) continue;
    pool.free(block);
    const middle = (from + to) >>> 1;
    return [...pack(state, samples, from, middle, writer), ...pack(state, samples, middle, to, writer)];
  }
  return [block];
};

export const insertLate = (state: ColumnState, timeMs: number, value: SampleValue): AppendOutcome => {
  const { pool, blocks, buffer } = state;
  const index = blockAt(state, timeMs);
  const block = blocks[index]!;
  const count = countOf(pool, block);
  const samples = buffer.reserve(count + 1);
  readBlock(pool, block, samples, 0);
  const from = index === 0 ? state.skipped : 0;
  const at = lowerBound(samples.timesMs, timeMs, from, count);
  if (at < count && samples.timesMs[at] === timeMs) return sameSample(valueAt(samples, at), value) ? 'duplicate' : 'conflict';
  putAt(samples, at, count, timeMs, value);
  const isLast = index === blocks.length - 1;
  pool.free(block);
  blocks.splice(index, 1, ...pack(state, samples, from, count + 1, isLast ? state.writer : { ...state.writer }));
  if (index === 0) state.skipped = 0;
  state.firstMs = Math.min(state.firstMs, timeMs);
  state.length += 1;
  return 'appended';
};
