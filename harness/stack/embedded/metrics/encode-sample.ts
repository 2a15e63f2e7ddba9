// Writes one sample; sample-code.ts says how. What is written goes to a place of its own first, because only then its length is known.
import type { CodeState, SampleValue } from './sample-code.ts';
import { byteKind, intervalChanged, kinds, largest, longestSample, smallest } from './sample-code.ts';

/** The bytes of the sample that was encoded last. */
export const encoded = new Uint8Array(longestSample);

const before = new Float64Array(1);
const beforeBytes = new Uint8Array(before.buffer);
const now = new Float64Array(1);
const nowBytes = new Uint8Array(now.buffer);

/** Seven bits a byte, the lowest first, the sign in the lowest bit of all. Returns where it ends. */
const putVarint = (value: number, at: number): number => {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let end = at;
  while (rest >= 128) {
    encoded[end++] = 128 + (rest % 128);
    rest = Math.floor(rest / 128);
  }
  encoded[end++] = rest;
  return end;
};

const putDifference = (difference: number, at: number): number => {
  if (difference >= smallest && difference <= largest) {
    encoded[0]! |= kinds.small + difference - smallest;
    return at;
  }
  const bytes = difference === (difference << 24) >> 24 ? 1 : difference === (difference << 16) >> 16 ? 2 : 4;
  encoded[0]! |= bytes === 1 ? kinds.int8 : bytes === 2 ? kinds.int16 : kinds.int32;
  for (let index = 0; index < bytes; index += 1) encoded[at + index] = difference >> (8 * index);
  return at + bytes;
};

/** Byte 7 is the most significant one, as on every machine that Node runs on. */
const putBytes = (from: number, value: number, at: number): number => {
  before[0] = from;
  now[0] = value;
  let high = 7;
  while (beforeBytes[high] === nowBytes[high]) high -= 1;
  let low = 0;
  while (beforeBytes[low] === nowBytes[low]) low += 1;
  encoded[0]! |= byteKind(7 - high, high - low + 1);
  let end = at;
  for (let index = high; index >= low; index -= 1) encoded[end++] = nowBytes[index]!;
  return end;
};

const putValue = (from: number, value: SampleValue, at: number): number => {
  if (value === 'stale' || Number.isNaN(value)) {
    encoded[0]! |= value === 'stale' ? kinds.stale : kinds.nan;
    return at;
  }
  if (Object.is(value, from)) return at;
  const difference = (value - from) | 0;
  // Whether the difference loses nothing is seen by adding it again; -0 would become 0.
  return from + difference === value && !Object.is(value, -0) ? putDifference(difference, at) : putBytes(from, value, at);
};

/** Into `encoded`; returns its length. `state` is left as it is: the sample may not have room. The first of a block has no interval. */
export const encodeSample = (state: CodeState, timeMs: number, value: SampleValue, isFirst: boolean): number => {
  const change = isFirst ? 0 : timeMs - state.timeMs - state.intervalMs;
  encoded[0] = change === 0 ? 0 : intervalChanged;
  return putValue(state.value, value, change === 0 ? 1 : putVarint(change, 1));
};

/** The state after this sample. */
export const advance = (state: CodeState, timeMs: number, value: SampleValue, isFirst: boolean): void => {
  state.intervalMs = isFirst ? 0 : timeMs - state.timeMs;
  state.timeMs = timeMs;
  if (value !== 'stale' && !Number.isNaN(value)) state.value = value;
};
