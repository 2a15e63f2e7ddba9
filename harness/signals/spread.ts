// A bounded choice from a list, evenly over it: of a run's marked requests its end and its faults are among them.
export const spread = <Item>(items: readonly Item[], most: number): readonly Item[] =>
  items.length <= most ? items : Array.from({ length: most }, (_unused, index) => items[Math.floor((index * items.length) / most)] as Item);
