// Memory for samples, in blocks of one size cut from large slabs: freed blocks are used again, so that a full store neither grows nor fragments.

export const samplesPerBlock = 64;

/** Times, then values. */
const numbersPerBlock = 2 * samplesPerBlock;

export const bytesPerBlock = numbersPerBlock * 8;

const blocksPerSlab = 1024;

/** Two views of the same memory: the words keep a stale marker's bits, which a number read and written may not. */
export type Slab = { readonly numbers: Float64Array; readonly words: Uint32Array };

export type BlockPool = {
  /** Contents are left over from before. */
  allocate(): number;
  free(block: number): void;
  slabOf(block: number): Slab;
};

/** Where in its slab a block's times begin; its values begin `samplesPerBlock` further on. */
export const startOfBlock = (block: number): number => (block % blocksPerSlab) * numbersPerBlock;

const createSlab = (): Slab => {
  const numbers = new Float64Array(blocksPerSlab * numbersPerBlock);
  return { numbers, words: new Uint32Array(numbers.buffer) };
};

export const createBlockPool = (): BlockPool => {
  const slabs: Slab[] = [];
  const free: number[] = [];
  let used = 0;
  return {
    allocate: () => {
      const reused = free.pop();
      if (reused !== undefined) return reused;
      if (used === slabs.length * blocksPerSlab) slabs.push(createSlab());
      used += 1;
      return used - 1;
    },
    free: (block) => void free.push(block),
    slabOf: (block) => slabs[Math.floor(block / blocksPerSlab)]!,
  };
};
