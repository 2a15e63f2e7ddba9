// Whether two runtimes said the same to one question: null, or the difference in words. Pure.
import type { Answer } from './ask-question.ts';
import { lokiAnswersDiffer } from './compare-loki.ts';
import { differenceOf as tempoDifference } from './compare-tempo.ts';
import { normaliseNames, normaliseScopes, normaliseTagValues, normaliseTrace } from './normalise-tempo.ts';
import { prometheusDifference } from './normalise-prometheus.ts';
import type { Question, QuestionKind } from './question.ts';
import type { TraceqlQuery } from './traceql-queries.ts';

type Compare = (question: Question, one: Answer, other: Answer) => string | null;
type Normalise = (body: unknown) => unknown;

/** In any order. */
const listed: Normalise = (body) => {
  const data = (body as { readonly data?: unknown } | null)?.data ?? null;
  return Array.isArray(data) ? data.map((item) => JSON.stringify(item)).toSorted() : data;
};

/** Both kinds of tag lists and both of tag values, whichever it is. */
const tagsOf: Normalise = (body) => ({
  names: normaliseNames(body, 'tagNames'),
  scopes: normaliseScopes(body),
  values: normaliseTagValues(body),
});

const firstDifference = (one: unknown, other: unknown, place = ''): string | null => {
  if (Object.is(one, other)) return null;
  const bothObjects = typeof one === 'object' && typeof other === 'object' && one !== null && other !== null;
  if (!bothObjects) return `${place === '' ? 'the answer' : place}: ${shown(one)} against ${shown(other)}`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [left, right] = [(one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]];
    const difference = firstDifference(left, right, place === '' ? key : `${place}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
};

const longest = 300;
const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};

const isRefusal = ({ status }: Answer): boolean => status < 200 || status > 299;

/** Both refuse: for what, they say in words of their own. */
const compareBy =
  (normalise: Normalise): Compare =>
  (_question, one, other) => {
    if (one.status !== other.status) return `${one.status} ${shown(one.body)} against ${other.status} ${shown(other.body)}`;
    return isRefusal(one) ? null : firstDifference(normalise(one.body), normalise(other.body));
  };

const compareTempo =
  (kind: TraceqlQuery['kind'], several: ReadonlySet<string>): Compare =>
  ({ query }, one, other) =>
    tempoDifference({ kind, query }, one, other, several);

const comparisons = (several: ReadonlySet<string>): Readonly<Record<QuestionKind, Compare>> => ({
  'prometheus-instant': ({ query }, one, other) => prometheusDifference(query, one, other),
  'prometheus-range': ({ query }, one, other) => prometheusDifference(query, one, other),
  'prometheus-names': compareBy(listed),
  'tempo-search': compareTempo('search', several),
  'tempo-range': compareTempo('metrics', several),
  'tempo-instant': compareTempo('instant', several),
  'tempo-trace': compareBy(normaliseTrace),
  'tempo-names': compareBy(tagsOf),
  'loki-range': lokiAnswersDiffer,
  'loki-instant': lokiAnswersDiffer,
  'loki-names': lokiAnswersDiffer,
});

/** `several`: keys of which a span may have more than one value; a search may show any of them. */
export const createComparer = (several: ReadonlySet<string>): Compare => {
  const byKind = comparisons(several);
  return (question, one, other) => {
    if (one.status === 0 || other.status === 0) return `no answer: ${shown(one.status === 0 ? one.body : other.body)}`;
    return byKind[question.kind](question, one, other);
  };
};
