// One block of the pool: the time of its first sample, how many there are, and the samples, each after the one before it.
import type { Samples } from '../promql/storage.ts';
import type { BlockPool } from './block-pool.ts';
import { bytesPerBlock, startOfBlock } from './block-pool.ts';
import { decodeSamples } from './decode-samples.ts';
import { advance, encoded, encodeSample } from './encode-sample.ts';
import type { CodeState, SampleValue } from './sample-code.ts';

const countAt = 8;
const samplesAt = 10;

/** Where the next sample of a block goes, and what it is written against. */
export type BlockWriter = CodeState & { end: number };

export const firstMsOf = (pool: BlockPool, block: number): number => pool.slabOf(block).numbers[startOfBlock(block) / 8]!;

export const countOf = (pool: BlockPool, block: number): number => {
  const { bytes } = pool.slabOf(block);
  const at = startOfBlock(block) + countAt;
  return bytes[at]! | (bytes[at + 1]! << 8);
};

/** Begins a block anew. */
export const startBlock = (pool: BlockPool, block: number, firstMs: number, writer: BlockWriter): void => {
  const { numbers, bytes } = pool.slabOf(block);
  const start = startOfBlock(block);
  numbers[start / 8] = firstMs;
  bytes[start + countAt] = 0;
  bytes[start + countAt + 1] = 0;
  Object.assign(writer, { timeMs: firstMs, intervalMs: 0, value: 0, end: samplesAt });
};

/** False, and nothing written, where it has no room. */
export const writeSample = (pool: BlockPool, block: number, writer: BlockWriter, timeMs: number, value: SampleValue): boolean => {
  const isFirst = writer.end === samplesAt;
  const length = encodeSample(writer, timeMs, value, isFirst);
  if (writer.end + length > bytesPerBlock) return false;
  const { bytes } = pool.slabOf(block);
  const start = startOfBlock(block);
  for (let index = 0; index < length; index += 1) bytes[start + writer.end + index] = encoded[index]!;
  writer.end += length;
  advance(writer, timeMs, value, isFirst);
  const count = countOf(pool, block) + 1;
  bytes[start + countAt] = count;
  bytes[start + countAt + 1] = count >> 8;
  return true;
};

/** All samples of the block, into the arrays from `to` on. */
export const readBlock = (pool: BlockPool, block: number, { timesMs, values }: Samples, to: number): void => {
  const { bytes } = pool.slabOf(block);
  const encodedSamples = { bytes, at: startOfBlock(block) + samplesAt, count: countOf(pool, block), firstMs: firstMsOf(pool, block) };
  decodeSamples(encodedSamples, timesMs, values, to);
};
