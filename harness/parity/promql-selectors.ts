// Selectors over a vocabulary: matchers of each kind, on labels that are there and on one that is not, with offset and @. Pure.
import type { Random } from '../traffic/random.ts';
import type { MetricKind, MetricVocabulary, MetricWords } from './metric-vocabulary.ts';

export type Words = {
  readonly random: Random;
  readonly vocabulary: MetricVocabulary;
  /** What `@` may name, in seconds. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
};

export const ranges = ['3s', '5s', '10s', '30s', '1m'] as const;

export const pickMetric = ({ random, vocabulary }: Words, kinds: readonly MetricKind[]): MetricWords => {
  const fitting = vocabulary.filter(({ kind }) => kinds.includes(kind));
  return random.pick(fitting.length > 0 ? fitting : vocabulary);
};

/** Labels of a metric without the bucket bounds, which only histogram functions look at. */
export const labelsOf = ({ labels }: MetricWords): readonly string[] => [...labels.keys()].filter((label) => label !== 'le');

const quoted = (text: string): string => JSON.stringify(text);
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const matcher = ({ random }: Words, metric: MetricWords): string => {
  const names = labelsOf(metric);
  if (names.length === 0 || random.chance(0.05)) return random.pick(['no_such_label=""', 'no_such_label!=""', 'no_such_label=~".+"']);
  const label = random.pick(names);
  const values = metric.labels.get(label) ?? [''];
  const value = random.pick(values);
  return random.pick([
    `${label}=${quoted(value)}`,
    `${label}!=${quoted(value)}`,
    `${label}=~${quoted(values.slice(0, 3).map(escaped).join('|'))}`,
    `${label}!~${quoted(escaped(value))}`,
    `${label}=~${quoted(`${escaped(value.slice(0, 2))}.*`)}`,
    `${label}=~".+"`,
  ]);
};

export const selector = (words: Words, metric: MetricWords, most = 2): string => {
  const matchers = Array.from({ length: words.random.int(0, most) }, () => matcher(words, metric));
  return matchers.length === 0 ? metric.name : `${metric.name}{${matchers.join(',')}}`;
};

/** offset before @ or after it, both as the language allows. */
export const modifiers = ({ random, fromSeconds, toSeconds }: Words): string => {
  if (random.chance(0.8)) return '';
  const offset = `offset ${random.pick(['2s', '7s', '-3s', '1m'])}`;
  const at = `@ ${random.pick([String(random.int(fromSeconds, toSeconds)), 'start()', 'end()'])}`;
  return ` ${random.pick([offset, at, `${offset} ${at}`, `${at} ${offset}`])}`;
};

export const instantSelector = (words: Words, metric: MetricWords): string => `${selector(words, metric)}${modifiers(words)}`;

export const rangeSelector = (words: Words, metric: MetricWords): string =>
  `${selector(words, metric)}[${words.random.pick(ranges)}]${modifiers(words)}`;
