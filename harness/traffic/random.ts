// Seeded randomness with named streams, so that a change to one part of a plan does not shift the others. Integers only: the same on every machine.
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Random = {
  /** An integer, both ends included. */
  int(from: number, to: number): number;
  /** In (0, 1], a multiple of 2^-32. */
  unit(): number;
  /** True for this share of the calls. */
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
};

const two32 = 4294967296;

export const createRandom = (seed: number, stream: string): Random => {
  const generator = xoroshiro128plus(fnv1a(`${seed}/${stream}`));
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  const unit = (): number => ((generator.next() >>> 0) + 1) / two32;
  return {
    int,
    unit,
    chance: (share) => unit() <= share,
    pick: (items) => items[int(0, items.length - 1)] as (typeof items)[number],
  };
};

/** FNV-1a, 32 bits, over UTF-16 units: spreads seeds and stream names that differ in little. */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
};
