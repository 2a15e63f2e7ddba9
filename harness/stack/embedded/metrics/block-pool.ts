// Memory for samples, in blocks of one size cut from large slabs: freed blocks are used again, so that a full store neither grows nor fragments.

export const bytesPerBlock = 256;

const blocksPerSlab = 4_096;

/** Two views of the same memory; a block begins at a multiple of 8 bytes. */
export type Slab = { readonly bytes: Uint8Array; readonly numbers: Float64Array };

export type BlockPool = {
  /** Contents are left over from before. */
  allocate(): number;
  free(block: number): void;
  slabOf(block: number): Slab;
};

/** Where in its slab a block begins, in bytes. */
export const startOfBlock = (block: number): number => (block % blocksPerSlab) * bytesPerBlock;

const createSlab = (): Slab => {
  const numbers = new Float64Array((blocksPerSlab * bytesPerBlock) / 8);
  return { numbers, bytes: new Uint8Array(numbers.buffer) };
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
