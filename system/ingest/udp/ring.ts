// The door's bounded queue: a ring of bytes in shared memory, one thread writes and one reads. What does not fit is dropped and counted, never waited for.

export type RingMemory = { readonly shared: SharedArrayBuffer };

export type RingWriter = {
  /** `dropped`: there was no room. `wake`: the reader sleeps and must be told. */
  write(datagram: Uint8Array): 'taken' | 'wake' | 'dropped';
};

export type RingReader = {
  /** A copy of the oldest, which leaves the ring; null: it is empty. */
  read(): Buffer | null;
  /** Before the reader sleeps. False: something has come, and it must not. */
  mayRest(): boolean;
  usedBytes(): number;
  readonly limitBytes: number;
  /** Since it was made. */
  received(): number;
  dropped(): number;
};

/** Int32: where the next is written, where the next is read, whether the reader rests. Then two counters of 64 bits. */
const headerBytes = 32;
const places = { head: 0, tail: 1, resting: 2 } as const;
const counters = { received: 2, dropped: 3 } as const;
const lengthBytes = 4;

/** `bytes`: rounded up to whole words; it holds a little less, as a full ring must differ from an empty one. */
export const createRingMemory = (bytes: number): RingMemory => ({
  shared: new SharedArrayBuffer(headerBytes + aligned(bytes)),
});

const aligned = (bytes: number): number => (bytes + 3) & ~3;

const viewsOf = ({ shared }: RingMemory) => {
  const data = Buffer.from(shared, headerBytes);
  return { data, size: data.length, words: new Int32Array(shared, 0, 4), counts: new BigInt64Array(shared, 0, headerBytes / 8) };
};

export const createRingWriter = (memory: RingMemory): RingWriter => {
  const { data, size, words, counts } = viewsOf(memory);
  return {
    write: (datagram) => {
      Atomics.add(counts, counters.received, 1n);
      const [head, tail] = [Atomics.load(words, places.head), Atomics.load(words, places.tail)];
      const used = (head - tail + size) % size;
      const taken = lengthBytes + aligned(datagram.length);
      if (used + taken >= size) {
        Atomics.add(counts, counters.dropped, 1n);
        return 'dropped';
      }
      data.writeInt32LE(datagram.length, head);
      copyIn(data, (head + lengthBytes) % size, datagram);
      Atomics.store(words, places.head, (head + taken) % size);
      return Atomics.exchange(words, places.resting, 0) === 1 ? 'wake' : 'taken';
    },
  };
};

export const createRingReader = (memory: RingMemory): RingReader => {
  const { data, size, words, counts } = viewsOf(memory);
  const usedBytes = (): number => (Atomics.load(words, places.head) - Atomics.load(words, places.tail) + size) % size;
  return {
    read: () => {
      const tail = Atomics.load(words, places.tail);
      if (Atomics.load(words, places.head) === tail) return null;
      const length = data.readInt32LE(tail);
      const datagram = copyOut(data, (tail + lengthBytes) % size, length);
      Atomics.store(words, places.tail, (tail + lengthBytes + aligned(length)) % size);
      return datagram;
    },
    mayRest: () => {
      Atomics.store(words, places.resting, 1);
      if (usedBytes() === 0) return true;
      Atomics.store(words, places.resting, 0);
      return false;
    },
    usedBytes,
    limitBytes: size,
    received: () => Number(Atomics.load(counts, counters.received)),
    dropped: () => Number(Atomics.load(counts, counters.dropped)),
  };
};

/** Over the end it goes on at the beginning. */
const copyIn = (data: Buffer, at: number, datagram: Uint8Array): void => {
  const first = Math.min(datagram.length, data.length - at);
  data.set(datagram.subarray(0, first), at);
  if (first < datagram.length) data.set(datagram.subarray(first), 0);
};

const copyOut = (data: Buffer, at: number, length: number): Buffer => {
  const datagram = Buffer.allocUnsafe(length);
  const first = Math.min(length, data.length - at);
  data.copy(datagram, 0, at, at + first);
  if (first < length) data.copy(datagram, first, 0, length - first);
  return datagram;
};
