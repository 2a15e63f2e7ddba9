// Which key an event is about: Zipf (a few hot keys, as real objects are), uniform, or a few hot ones that take a given share. Poisoned keys have names of their own.
import type { Traffic } from '../scenario/scenario.ts';
import { exp, ln } from './exact-math.ts';
import type { Random } from './random.ts';

export type PlannedKey = { readonly systemName: string; readonly objectId: string };

export const systems = ['checkout', 'billing', 'shipping'] as const;
/** Weight of the first key; the others are whole shares of it, so that the sum is exact. */
const weightOne = 1_073_741_824;

export const createKeyPicker = (keys: Traffic['keys'], random: Random): (() => PlannedKey) => {
  if (keys.kind === 'uniform') return () => keyOf('order', random.int(0, keys.count - 1));
  if (keys.kind === 'hot') return hotKeys(keys, random);
  const upTo = zipfSums(keys.count, keys.exponent);
  const total = upTo.at(-1) as number;
  return () => keyOf('order', firstAbove(upTo, random.int(0, total - 1)));
};

const hotKeys = ({ count, hot, share }: Extract<Traffic['keys'], { readonly kind: 'hot' }>, random: Random): (() => PlannedKey) => {
  const isHot = (): boolean => hot >= count || random.chance(share);
  return () => keyOf('order', isHot() ? random.int(0, hot - 1) : random.int(hot, count - 1));
};

/** The objects that are hot on purpose; none where the keys are of another kind. */
export const hotObjects = (keys: Traffic['keys']): ReadonlySet<string> =>
  new Set(keys.kind === 'hot' ? Array.from({ length: keys.hot }, (_, index) => keyOf('order', index).objectId) : []);

export const poisonedPrefix = 'poisoned';

/** Keys that only poison and what follows it on the same key use, so that all others can be told apart. */
export const poisonedKey = (index: number): PlannedKey => keyOf(poisonedPrefix, index);

const keyOf = (prefix: string, index: number): PlannedKey => ({
  systemName: systems[index % systems.length] as string,
  objectId: `${prefix}-${String(index).padStart(5, '0')}`,
});

/** Running sums of weight(rank) = 2^30 / rank^exponent, in whole numbers. */
const zipfSums = (count: number, exponent: number): Float64Array => {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    sum += Math.max(1, Math.floor(weightOne * exp(-exponent * ln(index + 1))));
    sums[index] = sum;
  }
  return sums;
};

const firstAbove = (sums: Float64Array, value: number): number => {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
};
