// The values that a query variable may have: filtered and sorted as Grafana does.
import type { Variable } from '../variable.ts';

const asRegex = (text: string): RegExp => {
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
  return pattern === undefined ? new RegExp(text) : new RegExp(pattern, flags);
};

/** A group in the expression, named `value` or the first, is what is taken of the value. */
const filtered = (values: readonly string[], regex: string): readonly string[] => {
  if (regex === '') return values;
  const pattern = asRegex(regex);
  return values.flatMap((value) => {
    const match = pattern.exec(value);
    return match === null ? [] : [match.groups?.['value'] ?? match[1] ?? match[0]];
  });
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
const numberIn = (text: string): number => Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? -1);
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** By Grafana's numbers: 1 and 2 alphabetical, 3 and 4 numerical, 5 and 6 without case, 7 and 8 natural; even ones descend. */
const orders: Readonly<Record<number, (one: string, other: string) => number>> = {
  1: compare,
  3: (one, other) => numberIn(one) - numberIn(other),
  5: (one, other) => compare(one.toLowerCase(), other.toLowerCase()),
  7: natural.compare,
};

const sorted = (values: readonly string[], sort: number): readonly string[] => {
  const order = orders[sort % 2 === 0 ? sort - 1 : sort];
  if (order === undefined) return values;
  return sort % 2 === 0 ? values.toSorted((one, other) => order(other, one)) : values.toSorted(order);
};

export const variableValues = ({ source }: Variable, found: readonly string[]): readonly string[] =>
  source.type === 'query' ? sorted([...new Set(filtered(found, source.regex))], source.sort) : found;
