// Values that fit a schema, from a seed: what casts are tried on when they are registered. Never a value that does not fit; null where it can't make one.
import { acceptsScalar } from './accepts-scalar.ts';
import {
  type ArrayRule,
  everyType,
  type NumberRule,
  type ObjectRule,
  type Scalar,
  type SchemaNode,
  type StringRule,
  type TypedNode,
  type TypeName,
} from './schema-node.ts';

/** [0, 1) */
export type Random = () => number;

/** Mulberry32, by Tommy Ettinger (public domain). */
export const createSeededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** In a box, as null is a value. */
export type Made = { readonly value: unknown } | null;

/** How much may be made in all: places of values, sixteen characters for one. */
export type Budget = { left: number };

/**
 * Of one value. A schema of a few lines asks for any size: arrays of at least some elements, in each other. What would be larger is not made, and the elements
 * that were made for nothing count as well.
 */
const mostPlaces = 10_000;

type Making = { readonly random: Random; readonly budget: Budget };

export const generate = (node: SchemaNode, random: Random, total: Budget = { left: mostPlaces }): Made => {
  const most = Math.min(mostPlaces, total.left);
  const budget = { left: most };
  const made = make(node, { random, budget });
  total.left -= most - Math.max(budget.left, 0);
  return budget.left < 0 ? null : made;
};

const make = (node: SchemaNode, making: Making): Made => {
  const { random, budget } = making;
  budget.left -= 1;
  if (budget.left < 0) return null;
  switch (node.kind) {
    case 'never':
      return null;
    case 'any':
      // What is open is met by something of any type, but not by a tree without an end.
      return { value: pick([null, true, 0, -1.5, 'text', '', [], {}, ['a', 1], { other: 'x' }], random) };
    case 'values':
      return take(pick(node.values, random), budget);
    case 'choice':
      return firstOf(shuffle(node.of, random), (one) => make(one, making));
    case 'typed':
      return firstOf(shuffle([...node.types], random), (type) => makeType(type, node, making));
  }
};

const makeType = (type: TypeName, node: TypedNode, making: Making): Made => {
  switch (type) {
    case 'null':
      return { value: null };
    case 'boolean':
      return { value: making.random() < 0.5 };
    case 'number':
      return makeNumber(node.number, making.random);
    case 'string':
      return makeString(node.string, making);
    case 'array':
      return makeArray(node.array, making);
    case 'object':
      return makeObject(node.object, making);
  }
};

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!;

const shuffle = <T>(from: readonly T[], random: Random): readonly T[] =>
  from
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);

const firstOf = <T>(from: readonly T[], make: (one: T) => Made): Made => {
  for (const one of from) {
    const made = make(one);
    if (made !== null) return made;
  }
  return null;
};

/** The bounds themselves are where things go wrong. */
const makeNumber = (rule: NumberRule, random: Random): Made => {
  const low = rule.lower?.value ?? Math.min(-1000, (rule.upper?.value ?? 0) - 1000);
  const high = rule.upper?.value ?? Math.max(1000, low + 1000);
  const between = low + random() * (high - low);
  const candidates = [between, low, high, 0, low + 1, high - 1, low + (high - low) / 2, low + 0.25];
  const whole = candidates.flatMap((value) => [Math.round(value), Math.floor(value), Math.ceil(value)]);
  const node: TypedNode = { ...everyType, types: new Set(['number']), number: rule };
  const fitting = (rule.isInteger ? whole : [...candidates, ...whole]).filter(
    (value) => Number.isFinite(value) && acceptsScalar(node, value),
  );
  return fitting.length === 0 ? null : { value: pick(fitting, random) + 0 };
};

const letters = Array.from('abcxyz019 _-äß語😀');
const longestMade = 3000;

const makeString = (rule: StringRule, { random, budget }: Making): Made => {
  const fitting = fittingExamples(rule);
  if (rule.pattern !== null) return fitting.length === 0 ? null : take(pick(fitting, random), budget);
  if (fitting.length > 0 && random() < 0.3) return take(pick(fitting, random), budget);
  const longest = Math.min(rule.maxLength, rule.minLength + 12);
  if (rule.minLength > longestMade) return null;
  const length = random() < 0.2 ? rule.minLength : rule.minLength + Math.floor(random() * (longest - rule.minLength + 1));
  return take(Array.from({ length }, () => pick(letters, random)).join(''), budget);
};

const take = (value: Scalar, budget: Budget): Made => {
  if (typeof value === 'string') budget.left -= value.length >>> 4;
  return budget.left < 0 ? null : { value };
};

/** Looked for once: to match them all for each value that is made would multiply. */
const examplesOf = new WeakMap<StringRule, readonly string[]>();

const fittingExamples = (rule: StringRule): readonly string[] => {
  const known = examplesOf.get(rule);
  if (known !== undefined) return known;
  const node: TypedNode = { ...everyType, types: new Set(['string']), string: rule };
  const fitting = rule.examples.filter((text) => acceptsScalar(node, text));
  examplesOf.set(rule, fitting);
  return fitting;
};

const makeArray = ({ items, minItems, maxItems }: ArrayRule, making: Making): Made => {
  const length = Math.min(maxItems, minItems + Math.floor(making.random() * 3));
  if (length > longestMade) return null;
  const made: unknown[] = [];
  for (let index = 0; index < length && making.budget.left > 0; index += 1) {
    const one = make(items, making);
    if (one !== null) made.push(one.value);
  }
  return made.length < minItems ? null : { value: made };
};

const makeObject = ({ properties, required, additional, minProperties, maxProperties }: ObjectRule, making: Making): Made => {
  const { random } = making;
  const entries = new Map<string, unknown>();
  for (const name of required) {
    const made = make(properties.get(name) ?? additional, making);
    if (made === null) return null;
    entries.set(name, made.value);
  }
  const others = [...properties.keys()].filter((name) => !required.has(name));
  const extra = Array.from({ length: Math.min(minProperties + 2, 50) }, (_, index) => `other_${index}`).filter(
    (name) => !properties.has(name),
  );
  for (const name of [...shuffle(others, random), ...extra]) {
    if (entries.size >= maxProperties) break;
    if (entries.size >= minProperties && random() < 0.5) continue;
    const made = entries.has(name) ? null : make(properties.get(name) ?? additional, making);
    if (made !== null) entries.set(name, made.value);
  }
  return entries.size < minProperties ? null : { value: Object.fromEntries(entries) };
};
