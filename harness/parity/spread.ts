// A few of many.

/** Evenly spread, so that the first names of the alphabet are not the only ones. */
export const spread = <Item>(items: readonly Item[], most: number): readonly Item[] =>
  items.length <= most ? items : Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as Item);
