// The samples of one series, in two growing columns. Reads give views of them, valid until the next write.
import { isStaleAt, writeStaleMarker } from '../promql/storage.ts';

/** 'stale' ends the series at its time. */
export type SampleValue = number | 'stale';

/** duplicate: the very same sample again; conflict: another value at a time that has one; late: older than the window allows. */
export type AppendOutcome = 'appended' | 'duplicate' | 'conflict' | 'late';

export type SampleColumn = {
  append(timeMs: number, value: SampleValue, windowMs: number): AppendOutcome;
  /** Samples from `fromMs` to `toMs`, both included. */
  read(fromMs: number, toMs: number): { readonly timesMs: Float64Array; readonly values: Float64Array };
  /** Returns how many samples went. */
  dropBefore(timeMs: number): number;
  /** Gives unused memory back. */
  release(): void;
  readonly length: number;
  /** NaN when empty. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bytes: number;
};

const bytesPerSample = 16;
const firstCapacity = 16;

/** First index in [from, to) whose time is not before `timeMs`. */
const lowerBound = (timesMs: Float64Array, from: number, to: number, timeMs: number): number => {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

type Store = { timesMs: Float64Array; values: Float64Array; from: number; to: number };

/** Moves the samples to the front, into larger arrays where that alone would not win a quarter. */
const makeRoom = (store: Store): void => {
  const { timesMs, values, from, to } = store;
  const capacity = from >= timesMs.length / 4 ? timesMs.length : Math.max(firstCapacity, Math.ceil(timesMs.length * 1.5));
  if (capacity === timesMs.length) {
    timesMs.copyWithin(0, from, to);
    values.copyWithin(0, from, to);
  } else {
    store.timesMs = new Float64Array(capacity);
    store.values = new Float64Array(capacity);
    store.timesMs.set(timesMs.subarray(from, to));
    store.values.set(values.subarray(from, to));
  }
  store.from = 0;
  store.to = to - from;
};

const writeValue = (store: Store, index: number, value: SampleValue): void => {
  if (value === 'stale') writeStaleMarker(store.values, index);
  else store.values[index] = value;
};

const holds = (store: Store, index: number, value: SampleValue): boolean => {
  const stale = isStaleAt(store.values, index);
  return value === 'stale' || stale ? stale === (value === 'stale') : Object.is(store.values[index], value);
};

const insert = (store: Store, at: number, timeMs: number, value: SampleValue): void => {
  store.timesMs.copyWithin(at + 1, at, store.to);
  store.values.copyWithin(at + 1, at, store.to);
  store.timesMs[at] = timeMs;
  writeValue(store, at, value);
  store.to += 1;
};

const appendTo = (store: Store, timeMs: number, value: SampleValue, windowMs: number): AppendOutcome => {
  const lastMs = store.to > store.from ? store.timesMs[store.to - 1]! : -Infinity;
  if (timeMs < lastMs - windowMs) return 'late';
  let at = timeMs > lastMs ? store.to : lowerBound(store.timesMs, store.from, store.to, timeMs);
  if (at < store.to && store.timesMs[at] === timeMs) return holds(store, at, value) ? 'duplicate' : 'conflict';
  if (store.to === store.timesMs.length) {
    const offset = at - store.from;
    makeRoom(store);
    at = store.from + offset;
  }
  insert(store, at, timeMs, value);
  return 'appended';
};

export const createSampleColumn = (): SampleColumn => {
  const store: Store = { timesMs: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 };
  return {
    append: (timeMs, value, windowMs) => appendTo(store, timeMs, value, windowMs),
    read: (fromMs, toMs) => {
      const from = lowerBound(store.timesMs, store.from, store.to, fromMs);
      const to = lowerBound(store.timesMs, from, store.to, toMs + 1);
      return { timesMs: store.timesMs.subarray(from, to), values: store.values.subarray(from, to) };
    },
    dropBefore: (timeMs) => {
      const kept = lowerBound(store.timesMs, store.from, store.to, timeMs);
      const dropped = kept - store.from;
      store.from = kept;
      return dropped;
    },
    release: () => {
      store.timesMs = store.timesMs.slice(store.from, store.to);
      store.values = store.values.slice(store.from, store.to);
      store.to -= store.from;
      store.from = 0;
    },
    get length() {
      return store.to - store.from;
    },
    get firstMs() {
      return store.to > store.from ? store.timesMs[store.from]! : NaN;
    },
    get lastMs() {
      return store.to > store.from ? store.timesMs[store.to - 1]! : NaN;
    },
    get bytes() {
      return store.timesMs.length * bytesPerSample;
    },
  };
};
