// Conditions on one span, made of a vocabulary: every scope, intrinsic and operator of TraceQL comes up. Left out is what Tempo 3 itself answers wrongly, so
// that there is nothing to be the same as: `!` before a comparison and a literal on the left (its storage looks for the values that are negated, or turns
// the comparison around), an attribute alone beside ||, a minus before what is not there, patterns and != on arrays (an error, or any other element), two conditions on the events or links of one span, or one among several filters (it looks at one event
// only), a test for nil in one filter of several (its storage looks for other values of the attribute then), childCount (the blocks that it writes have none), and != on ids of links.
import type { Random } from '../traffic/random.ts';
import type { TraceAttribute, TraceVocabulary } from './trace-vocabulary.ts';

type Make = (random: Random, vocabulary: TraceVocabulary) => string;

const quoted = (value: string): string => JSON.stringify(value);

export const durationText = (nanos: number): string => {
  if (nanos % 1_000_000 === 0) return `${nanos / 1_000_000}ms`;
  return nanos % 1_000 === 0 ? `${nanos / 1_000}us` : `${nanos}ns`;
};

const equality = ['=', '!='];
const order = ['=', '!=', '<', '<=', '>', '>='];

/** Part of a value, as a pattern that may match others too. */
const pattern = (random: Random, value: string): string => {
  const word = value.replaceAll(/[^\w]/g, '.');
  return random.pick([`${word.slice(0, 3)}.*`, `.*${word.slice(-2)}`, word, `(${word}|nothing)`, `${word.slice(0, 2)}`]);
};

const compareText = (random: Random, field: string, values: readonly string[], isArray = false): string => {
  const value = random.pick(values);
  if (isArray) return `${field} = ${quoted(value)}`;
  if (random.chance(0.3)) return `${field} ${random.pick(['=~', '!~'])} ${quoted(pattern(random, value))}`;
  return `${field} ${random.pick(random.chance(0.7) ? equality : order)} ${quoted(value)}`;
};

/** A float is written as one: { span.ratio > 1 } asks for integers. */
const compareNumber = (random: Random, field: string, values: readonly number[]): string => {
  const value = random.pick(values) + random.pick([0, 0, 1]);
  const isFloat = values.some((one) => !Number.isInteger(one));
  return `${field} ${random.pick(order)} ${isFloat && Number.isInteger(value) ? value.toFixed(1) : value}`;
};

export const fieldOf = ({ scope, name }: TraceAttribute): string => `${scope}.${name}`;

const ofType = ({ attributes }: TraceVocabulary, type: string): readonly TraceAttribute[] =>
  attributes.filter(({ values: [first] }) => typeof first === type);

const attributeCondition: Make = (random, vocabulary) => {
  const attribute = random.pick(vocabulary.attributes);
  const hasScope = (attribute.scope !== 'span' && attribute.scope !== 'resource') || random.chance(0.75);
  const field = !hasScope ? `.${attribute.name}` : fieldOf(attribute);
  // A service's name can't be nil: Tempo refuses the question.
  if (random.chance(0.12) && attribute.name !== 'service.name') return `${field} ${random.pick(equality)} nil`;
  const [first] = attribute.values;
  if (typeof first === 'string') return compareText(random, field, attribute.values as readonly string[], attribute.isArray);
  if (typeof first === 'number') return compareNumber(random, field, attribute.values as readonly number[]);
  return `${field} ${random.pick(equality)} ${random.pick(['true', 'false'])}`;
};

const arithmetic: Make = (random, vocabulary) => {
  const numbers = ofType(vocabulary, 'number').filter(({ scope }) => scope === 'span' || scope === 'resource');
  const field = fieldOf(random.pick(numbers));
  const made = random.pick([`${field} + 1`, `${field} * 2 - 3`, `2 * (${field} + 1)`, `${field} / 2`, `10 - ${field}`, `${field} % 7`]);
  return `${made} ${random.pick(order)} ${random.int(0, 40)}`;
};

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['ok', 'error', 'unset'];

const intrinsicConditions: readonly Make[] = [
  (random, { spanNames }) => compareText(random, random.pick(['name', 'span:name']), spanNames),
  (random) => `${random.pick(['kind', 'span:kind'])} ${random.pick(equality)} ${random.pick(kinds)}`,
  (random) => `${random.pick(['status', 'span:status'])} ${random.pick(equality)} ${random.pick(statuses)}`,
  (random, { statusMessages }) => compareText(random, random.pick(['statusMessage', 'span:statusMessage']), statusMessages),
  (random, { durations }) => `${random.pick(['duration', 'span:duration'])} ${random.pick(order)} ${durationText(random.pick(durations))}`,
  (random, { durations }) =>
    `${random.pick(['traceDuration', 'trace:duration'])} ${random.pick(order)} ${durationText(random.pick(durations))}`,
  (random, { spanNames }) => compareText(random, random.pick(['rootName', 'trace:rootName']), spanNames),
  (random, { services }) => compareText(random, random.pick(['rootServiceName', 'trace:rootService']), services),
  (random, { traceIds }) => `trace:id ${random.pick(equality)} ${quoted(random.pick(traceIds))}`,
  (random, { spanIds }) => `${random.pick(['span:id', 'span:parentID'])} ${random.pick(equality)} ${quoted(random.pick(spanIds))}`,
  (random) => random.pick(['nestedSetParent < 0', 'nestedSetLeft = 1', 'nestedSetRight > 2', 'nestedSetParent = -1', 'nestedSetLeft > 0']),
  (random, { eventNames }) => compareText(random, 'event:name', eventNames),
  (random, { durations }) => `event:timeSinceStart ${random.pick(order)} ${durationText(random.pick(durations))}`,
  (random, { traceIds }) => `link:traceID = ${quoted(random.pick(traceIds).replace(/^0+/, ''))}`,
  (random, { spanIds }) => `link:spanID = ${quoted(random.pick(spanIds))}`,
  (random, { libraries }) =>
    compareText(
      random,
      'instrumentation:name',
      libraries.map(({ name }) => name),
    ),
  (random, { libraries }) =>
    compareText(
      random,
      'instrumentation:version',
      libraries.map(({ version }) => version),
    ),
];

const simple: Make = (random, vocabulary) => {
  if (random.chance(0.08)) return arithmetic(random, vocabulary);
  return random.chance(0.55) ? attributeCondition(random, vocabulary) : random.pick(intrinsicConditions)(random, vocabulary);
};

const asksOfOne = (text: string): boolean => /\b(?:event|link)[.:]/.test(text);
const isUnscoped = (text: string): boolean => /(?:^|[\s(])\.\w/.test(text);

/** Beside a condition on an event or a link stands one on the span, and both must hold. */
const beside = (random: Random, vocabulary: TraceVocabulary, left: string): string => {
  const right = simple(random, vocabulary);
  if (!asksOfOne(left) && !asksOfOne(right)) return `${left} ${random.pick(['&&', '||'])} ${right}`;
  const hasOneOnly = (asksOfOne(left) && asksOfOne(right)) || left.includes('||') || isUnscoped(left) || isUnscoped(right);
  return hasOneOnly ? left : `${left} && ${right}`;
};

/** On a resource, where every span has it: `!` of what is not there is an error of Tempo's. */
const alone: Make = (random, vocabulary) => {
  const switches = ofType(vocabulary, 'boolean').filter(({ scope }) => scope === 'resource');
  if (switches.length === 0) return attributeCondition(random, vocabulary);
  return `${random.pick(['', '!'])}${fieldOf(random.pick(switches))}`;
};

/** For a query of this one filter. */
export const condition: Make = (random, vocabulary) => {
  if (random.chance(0.04)) return alone(random, vocabulary);
  const first = simple(random, vocabulary);
  if (random.chance(0.5)) return first;
  const joined = beside(random, vocabulary, first);
  return random.chance(0.3) ? beside(random, vocabulary, `(${joined})`) : joined;
};

/** For one filter of several. */
export const plainCondition: Make = (random, vocabulary) => {
  const attributes = vocabulary.attributes.filter(({ scope }) => scope !== 'event' && scope !== 'link');
  for (let made = condition(random, { ...vocabulary, attributes }); ; made = condition(random, { ...vocabulary, attributes })) {
    if (!asksOfOne(made) && !/ nil\b/.test(made)) return made;
  }
};
