// PromQL queries by seed over a vocabulary, for asking two stores the same: every operator, function and aggregation of a stock server. Pure.
import { createRandom } from '../traffic/random.ts';
import type { Random } from '../traffic/random.ts';
import type { MetricVocabulary, MetricWords } from './metric-vocabulary.ts';
import { instantSelector, labelsOf, modifiers, pickMetric, rangeSelector, type Words } from './promql-selectors.ts';

export type PromqlQuery = { readonly kind: 'instant' | 'range'; readonly query: string };

type Made = { readonly text: string; readonly labels: readonly string[] };
type Make = (words: Words, depth: number) => Made;

const counterFunctions = ['rate', 'increase', 'irate', 'resets', 'changes'];
const gaugeFunctions = ['delta', 'idelta', 'deriv', 'changes'];
const overTime = 'avg min max sum count last present stddev stdvar absent first'.split(' ').map((name) => `${name}_over_time`);
const vectorFunctions = (
  'abs ceil floor exp ln log2 log10 sqrt sgn round timestamp sort sort_desc absent deg rad sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh ' +
  'day_of_month day_of_week day_of_year days_in_month hour minute month year'
).split(' ');
const scalars = ['0', '1', '-2', '3.5', '1e3', '0x1F', 'Inf', 'NaN', 'time()', 'pi()', '2s'];
const aggregations = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const arithmetic = ['+', '-', '*', '/', '%', '^', 'atan2'];
const comparisons = ['==', '!=', '<', '<=', '>', '>='];

/** Every name that can come out of here, so that a test can hold them all seen. */
export const namesUsed: readonly string[] = [
  ...new Set([...counterFunctions, ...gaugeFunctions, ...overTime, ...vectorFunctions, ...aggregations]),
  ...'quantile_over_time predict_linear clamp clamp_min clamp_max label_replace label_join scalar vector'.split(' '),
  ...'histogram_quantile histogram_fraction topk bottomk quantile count_values'.split(' '),
];

const plain: Make = (words) => {
  const metric = pickMetric(words, ['gauge', 'counter', 'bucket']);
  return { text: instantSelector(words, metric), labels: labelsOf(metric) };
};

const subqueryOf = (words: Words, depth: number): Made => {
  const inner = vector(words, depth - 1);
  const { random } = words;
  return { ...inner, text: `(${inner.text})[${random.pick(['10s', '20s'])}:${random.pick(['', '1s', '3s'])}]${modifiers(words)}` };
};

const range = (words: Words, depth: number, metric: MetricWords): Made =>
  depth > 0 && words.random.chance(0.12) ? subqueryOf(words, depth) : { text: rangeSelector(words, metric), labels: labelsOf(metric) };

const overRange: Make = (words, depth) => {
  const { random } = words;
  const metric = pickMetric(words, random.chance(0.5) ? ['counter', 'bucket'] : ['gauge']);
  const { text, labels } = range(words, depth, metric);
  const name = random.pick([...(metric.kind === 'gauge' ? gaugeFunctions : counterFunctions), ...overTime]);
  if (random.chance(0.1)) return { text: `quantile_over_time(${random.pick(['0', '0.5', '0.99', '2'])}, ${text})`, labels };
  if (random.chance(0.05)) return { text: `predict_linear(${text}, ${random.pick(['10', '60'])})`, labels };
  return { text: `${name}(${text})`, labels };
};

const ofVector: Make = (words, depth) => {
  const inner = vector(words, depth - 1);
  const { random } = words;
  const label = random.pick([...inner.labels, 'no_such_label']);
  const text = random.pick([
    ...Array.from({ length: 8 }, () => `${random.pick(vectorFunctions)}(${inner.text})`),
    `clamp(${inner.text}, 1, 10)`,
    `clamp_min(${inner.text}, ${random.pick(scalars)})`,
    `clamp_max(${inner.text}, ${random.pick(scalars)})`,
    `round(${inner.text}, 0.1)`,
    `label_replace(${inner.text}, "made", "x-$1", "${label}", "(.*)")`,
    `label_join(${inner.text}, "made", "-", "${label}", "job")`,
    `vector(scalar(${inner.text}))`,
    `vector(${random.pick(scalars)})`,
  ]);
  return { text, labels: inner.labels };
};

const groupingOf = (random: Random, labels: readonly string[]): string => {
  if (labels.length === 0 || random.chance(0.25)) return '';
  const some = labels.filter(() => random.chance(0.4)).slice(0, 3);
  return ` ${random.pick(['by', 'without'])} (${some.join(', ')})`;
};

const aggregated: Make = (words, depth) => {
  const { random } = words;
  const inner = vector(words, depth - 1);
  const grouping = groupingOf(random, inner.labels);
  const text = random.pick([
    ...Array.from({ length: 7 }, () => `${random.pick(aggregations)}${grouping} (${inner.text})`),
    `topk${grouping} (${random.int(1, 3)}, ${inner.text})`,
    `bottomk${grouping} (${random.int(1, 3)}, ${inner.text})`,
    `quantile${grouping} (${random.pick(['0.5', '0.9', '-1'])}, ${inner.text})`,
    `count_values${grouping} ("made", ${inner.text})`,
  ]);
  return { text, labels: inner.labels };
};

const histogram: Make = (words) => {
  const { random } = words;
  const metric = pickMetric(words, ['bucket']);
  const labels = labelsOf(metric);
  const by = ['le', ...labels.filter(() => random.chance(0.3)).slice(0, 2)].join(', ');
  const buckets = `sum by (${by}) (rate(${rangeSelector(words, metric)}))`;
  const text = random.chance(0.8)
    ? `histogram_quantile(${random.pick(['0.5', '0.9', '0.99', '1', '-1', '2'])}, ${buckets})`
    : `histogram_fraction(0, ${random.pick(['0.1', '0.25', '1'])}, ${buckets})`;
  return { text, labels };
};

const matchingOf = (random: Random, labels: readonly string[]): string => {
  if (labels.length === 0 || random.chance(0.4)) return '';
  const some = labels.filter(() => random.chance(0.5)).slice(0, 3);
  const group = random.chance(0.3) ? ` ${random.pick(['group_left', 'group_right'])}${random.pick(['', '()', ' (instance)'])}` : '';
  return ` ${random.pick(['on', 'ignoring'])} (${some.join(', ')})${group}`;
};

const binary: Make = (words, depth) => {
  const { random } = words;
  const left = vector(words, depth - 1);
  if (random.chance(0.35)) {
    const [operator, scalar] = [random.pick([...arithmetic, ...comparisons]), random.pick(scalars)];
    const bool = comparisons.includes(operator) && random.chance(0.4) ? ' bool' : '';
    return {
      ...left,
      text: random.chance(0.5) ? `(${left.text}) ${operator}${bool} ${scalar}` : `${scalar} ${operator}${bool} (${left.text})`,
    };
  }
  // Often the same metric on both sides, or hardly any pair would match.
  const right = random.chance(0.5) ? left : vector(words, depth - 1);
  const matching = matchingOf(random, left.labels);
  if (random.chance(0.3)) {
    const set = random.pick(['and', 'or', 'unless']);
    return { ...left, text: `(${left.text}) ${set}${matching.replace(/ group_\w+.*$/, '')} (${right.text})` };
  }
  const operator = random.pick([...arithmetic, ...comparisons]);
  const bool = comparisons.includes(operator) && random.chance(0.4) ? ' bool' : '';
  return { ...left, text: `(${left.text}) ${operator}${bool}${matching} (${right.text})` };
};

const unary: Make = (words, depth) => {
  const inner = vector(words, depth - 1);
  return { ...inner, text: `-(${inner.text})` };
};

const shallow: readonly Make[] = [plain, overRange, overRange, histogram];
const deep: readonly Make[] = [ofVector, ofVector, aggregated, aggregated, aggregated, binary, binary, unary];

const vector = (words: Words, depth: number): Made => words.random.pick(depth <= 0 ? shallow : [...shallow, ...deep])(words, depth);

export type PromqlOptions = {
  readonly seed: number;
  readonly count: number;
  readonly vocabulary: MetricVocabulary;
  readonly fromMs: number;
  readonly toMs: number;
};

/** `count` different queries; two thirds of them over the range. */
export const promqlQueries = ({ seed, count, vocabulary, fromMs, toMs }: PromqlOptions): readonly PromqlQuery[] => {
  const random = createRandom(seed, 'parity/promql');
  const words = { random, vocabulary, fromSeconds: Math.ceil(fromMs / 1_000), toSeconds: Math.floor(toMs / 1_000) };
  const made = new Map<string, PromqlQuery>();
  for (let tries = 0; made.size < count && tries < count * 20; tries += 1) {
    const query = random.pick([...shallow, ...deep])(words, random.int(1, 3)).text;
    made.set(query, { query, kind: random.chance(0.67) ? 'range' : 'instant' });
  }
  return [...made.values()];
};
