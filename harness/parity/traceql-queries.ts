// TraceQL queries by seed over a vocabulary, for asking two stores the same: spansets, structural operators, pipelines and metrics. Pure.
import { createRandom } from '../traffic/random.ts';
import type { Random } from '../traffic/random.ts';
import type { TraceAttribute, TraceVocabulary } from './trace-vocabulary.ts';
import { condition, durationText, fieldOf, plainCondition } from './traceql-conditions.ts';

export type TraceqlQuery = { readonly kind: 'search' | 'metrics' | 'instant'; readonly query: string };

type Words = TraceVocabulary & { readonly intrinsics: readonly string[] };

type Make = (random: Random, vocabulary: Words) => string;

const structural = ['>', '>>', '<', '<<', '~', '!>', '!>>', '!<', '!<<', '!~', '&>', '&<', '&~'];

/** Of these Tempo 3 leaves out some that it should find, so its answer is part of the right one. */
const lossyStructural = ['&>>', '&<<'];

const filter: Make = (random, vocabulary) => (random.chance(0.1) ? '{ }' : `{ ${plainCondition(random, vocabulary)} }`);

/** Not { } on the right of a negation: Tempo leaves out spans that have no root above them there, and nowhere else. */
const relate = (random: Random, vocabulary: Words, left: string): string => {
  const operator = random.pick(structural);
  return `${left} ${operator} ${operator.startsWith('!') ? `{ ${plainCondition(random, vocabulary)} }` : filter(random, vocabulary)}`;
};

const related: Make = (random, vocabulary) => {
  const made = relate(random, vocabulary, filter(random, vocabulary));
  return random.chance(0.15) ? relate(random, vocabulary, `(${made})`) : made;
};

const combined: Make = (random, vocabulary) => `${filter(random, vocabulary)} ${random.pick(['&&', '||'])} ${filter(random, vocabulary)}`;

const spanset: Make = (random, vocabulary) => {
  if (random.chance(0.5)) return filter(random, vocabulary);
  return random.chance(0.7) ? related(random, vocabulary) : combined(random, vocabulary);
};

const ofSpans = ({ attributes }: TraceVocabulary): readonly TraceAttribute[] =>
  attributes.filter(({ scope, isArray }) => (scope === 'span' || scope === 'resource') && isArray !== true);

const groupable: Make = (random, vocabulary) => {
  const plain = ofSpans(vocabulary).filter(({ values: [first] }) => typeof first !== 'number');
  return random.pick([...plain.map(fieldOf), ...vocabulary.intrinsics.filter((name) => name !== 'duration')]);
};

const measurable: Make = (random, vocabulary) => {
  const numbers = ofSpans(vocabulary).filter(({ values: [first] }) => typeof first === 'number');
  return random.pick([...numbers.map(fieldOf), ...vocabulary.intrinsics.filter((name) => name === 'duration')]);
};

/** Only what the head of a metrics query does not name: of that Tempo sees no more than what the head looked for. */
const without = (vocabulary: Words, head: string): Words => ({
  ...vocabulary,
  attributes: vocabulary.attributes.filter(({ name }) => !head.includes(`.${name}`)),
  intrinsics: vocabulary.intrinsics.filter((name) => !head.toLowerCase().includes(name)),
});

const order = ['=', '!=', '<', '<=', '>', '>='];

const scalarFilter: Make = (random, vocabulary) => {
  const compared = random.pick(order);
  if (random.chance(0.4)) return `count() ${compared} ${random.int(1, 6)}`;
  const field = measurable(random, vocabulary);
  const value = field === 'duration' ? durationText(random.pick(vocabulary.durations)) : String(random.int(0, 500));
  return `${random.pick(['min', 'max', 'avg', 'sum'])}(${field}) ${compared} ${value}`;
};

const stages: readonly Make[] = [
  scalarFilter,
  filter,
  (random, vocabulary) => `by(${groupable(random, vocabulary)})`,
  (random, vocabulary) => `by(${groupable(random, vocabulary)}) | ${scalarFilter(random, vocabulary)}`,
  (random, vocabulary) => `by(${groupable(random, vocabulary)}) | coalesce()`,
  (random, vocabulary) => `select(${groupable(random, vocabulary)}, ${measurable(random, vocabulary)})`,
];

const pipeline: Make = (random, vocabulary) => `${spanset(random, vocabulary)} | ${random.pick(stages)(random, vocabulary)}`;

const wrapped: Make = (random, vocabulary) =>
  `(${pipeline(random, vocabulary)}) ${random.pick(['&&', '||', '>>', '>'])} (${spanset(random, vocabulary)} | ${scalarFilter(random, vocabulary)})`;

const search: Make = (random, vocabulary) => {
  if (random.chance(0.3)) return `{ ${condition(random, vocabulary)} }`;
  if (random.chance(0.5)) return spanset(random, vocabulary);
  return random.chance(0.9) ? pipeline(random, vocabulary) : wrapped(random, vocabulary);
};

const metricFunctions: readonly Make[] = [
  () => 'rate()',
  () => 'count_over_time()',
  (random, vocabulary) => `${random.pick(['min', 'max', 'avg'])}_over_time(${measurable(random, vocabulary)})`,
  // Of spans that have none of it Tempo's sum begins anew, so only what every span has is summed.
  (_random, { intrinsics }) => (intrinsics.includes('duration') ? 'sum_over_time(duration)' : 'count_over_time()'),
  (random, vocabulary) => `quantile_over_time(${measurable(random, vocabulary)}, ${random.pick(['.5', '.9', '.99, .5', '0, 1'])})`,
  (random, vocabulary) => `histogram_over_time(${measurable(random, vocabulary)})`,
];

const grouping: Make = (random, vocabulary) => {
  if (random.chance(0.4)) return '';
  const [first, second] = [groupable(random, vocabulary), groupable(random, vocabulary)];
  return random.chance(0.6) || first === second ? ` by (${first})` : ` by (${first}, ${second})`;
};

const metrics: Make = (random, vocabulary) => {
  const head = random.chance(0.5) ? '{ }' : spanset(random, vocabulary);
  const rest = without(vocabulary, head);
  const ranked = random.chance(0.25) ? ` | ${random.pick(['topk', 'bottomk'])}(${random.int(1, 3)})` : '';
  return `${head} | ${random.pick(metricFunctions)(random, rest)}${grouping(random, rest)}${ranked}`;
};

/** Searches of which Tempo's answer is part of the right one. */
export const lossyQueries = (vocabulary: TraceVocabulary, seed: number, count: number): readonly string[] => {
  const random = createRandom(seed, 'lossy');
  const words: Words = { ...vocabulary, intrinsics: [] };
  return Array.from({ length: count }, () => `${filter(random, words)} ${random.pick(lossyStructural)} ${filter(random, words)}`);
};

/** The same seed, vocabulary and count give the same queries. Two of three are searches. */
export const traceqlQueries = (vocabulary: TraceVocabulary, seed: number, count: number): readonly TraceqlQuery[] => {
  const random = createRandom(seed, 'traceql');
  const words: Words = { ...vocabulary, intrinsics: ['name', 'kind', 'status', 'duration'] };
  return Array.from({ length: count }, (_, index): TraceqlQuery => {
    if (index % 3 !== 2) return { kind: 'search', query: search(random, words) };
    return { kind: random.chance(0.7) ? 'metrics' : 'instant', query: metrics(random, words) };
  });
};
