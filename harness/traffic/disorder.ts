// Moves a share of the events back in the order of sending, each by at most `places` places. Times stay where they are; events change seats.
import type { Random } from './random.ts';

/** A new order of the same items: nothing ends more than `places` seats from where it was. */
export const displace = <Item>(
  items: readonly Item[],
  { share, places }: { readonly share: number; readonly places: number },
  random: Random,
): Item[] => {
  const seats = items.map((item, index) => ({ item, seat: random.chance(share) ? index + random.int(1, places) + 0.5 : index }));
  return seats.toSorted((left, right) => left.seat - right.seat).map(({ item }) => item);
};
