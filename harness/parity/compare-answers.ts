// Whether two runtimes said the same to one question: null, or the difference in words. Pure.
import type { Answer } from './ask-question.ts';
import { prometheusDifference } from './normalise-prometheus.ts';
import type { Question, QuestionKind } from './question.ts';

type Normalise = (body: unknown) => unknown;

/** Answers that are compared as they stand once what means nothing is taken out. */
export type Normalisers = Partial<Readonly<Record<QuestionKind, Normalise>>>;

const dataOf: Normalise = (body) => (body as { readonly data?: unknown } | null)?.data ?? null;

const sortedNames: Normalise = (body) => {
  const data = dataOf(body);
  return Array.isArray(data) ? data.map((item) => JSON.stringify(item)).toSorted() : data;
};

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

export const createComparer =
  (normalisers: Normalisers) =>
  (question: Question, one: Answer, other: Answer): string | null => {
    if (one.status === 0 || other.status === 0) return `no answer: ${shown(one.status === 0 ? one.body : other.body)}`;
    if (question.kind === 'prometheus-instant' || question.kind === 'prometheus-range')
      return prometheusDifference(question.query, one, other);
    if (one.status !== other.status) return `${one.status} ${shown(one.body)} against ${other.status} ${shown(other.body)}`;
    // Both refuse: for what, they say in words of their own.
    if (isRefusal(one)) return null;
    const normalise = normalisers[question.kind] ?? sortedNames;
    return firstDifference(normalise(one.body), normalise(other.body));
  };
