// What a handler thread is doing, readable from outside while user code blocks it: shared memory, two numbers.

/** Odd: inside a handler call; even: outside. It grows with every step. */
const calls = 0;
/** The position of the event in hand. */
const position = 1;

export type Progress = {
  enter(eventPosition: number): void;
  leave(): void;
  /** User code waits for the database: that is movement, as long as somebody can say so. */
  waits(): void;
};

export type ProgressView = { readonly calls: bigint; readonly inHandler: boolean; readonly position: number };

export const createProgressBuffer = (): SharedArrayBuffer => new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);

export const progressWriter = (buffer: SharedArrayBuffer): Progress => {
  const cells = new BigInt64Array(buffer);
  return {
    enter: (eventPosition) => {
      Atomics.store(cells, position, BigInt(eventPosition));
      Atomics.add(cells, calls, 1n);
    },
    leave: () => void Atomics.add(cells, calls, 1n),
    waits: () => void Atomics.add(cells, calls, 2n),
  };
};

export const readProgress = (buffer: SharedArrayBuffer): ProgressView => {
  const cells = new BigInt64Array(buffer);
  const count = Atomics.load(cells, calls);
  return { calls: count, inHandler: count % 2n === 1n, position: Number(Atomics.load(cells, position)) };
};
