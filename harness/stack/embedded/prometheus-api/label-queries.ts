// series, labels and label values: what there is to ask for.
import type { Labels } from '../promql/labels.ts';
import { compareLabels, labelEntries, labelValue, labelsToRecord } from '../promql/labels.ts';
import type { Matcher } from '../promql/matcher.ts';
import { PromqlError } from '../promql/promql-error.ts';
import { parseExpression } from '../promql/syntax/parse.ts';
import type { Answer, ApiContext } from './answer.ts';
import { truncationWarning } from './answer.ts';
import type { Parameters } from './parameters.ts';
import { readLimit, readTime } from './parameters.ts';

const noWindow = { startMs: 0, endMs: 0, stepMs: 0 };

export const selectorOf = (text: string): readonly Matcher[] => {
  const node = parseExpression(text, noWindow);
  if (node.kind === 'selector') return node.matchers;
  throw new PromqlError('bad_data', `match[] must be a series selector, got ${JSON.stringify(text)}`, node);
};

const labelSets = (parameters: Parameters, { store }: ApiContext): Labels[] => {
  const fromMs = readTime(parameters, 'start', -Infinity);
  const toMs = readTime(parameters, 'end', Infinity);
  return store.labelSets(parameters.all('match[]').map(selectorOf), fromMs, toMs);
};

const limited = (items: readonly unknown[], limit: number): Answer =>
  limit > 0 && items.length > limit ? { data: items.slice(0, limit), warnings: [truncationWarning] } : { data: items };

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();

export const seriesOf = (parameters: Parameters, context: ApiContext): Answer => {
  const limit = readLimit(parameters);
  if (parameters.all('match[]').length === 0) throw new PromqlError('bad_data', 'no match[] parameter provided');
  return limited(labelSets(parameters, context).sort(compareLabels).map(labelsToRecord), limit);
};

export const labelNames = (parameters: Parameters, context: ApiContext): Answer => {
  const limit = readLimit(parameters);
  const names = labelSets(parameters, context).flatMap((labels) => [...labelEntries(labels)].map(([name]) => name));
  return limited(sorted(names), limit);
};

export const labelValues = (parameters: Parameters, context: ApiContext, name: string): Answer => {
  if (name === '') throw new PromqlError('bad_data', `invalid label name: ${JSON.stringify(name)}`);
  const limit = readLimit(parameters);
  const values = labelSets(parameters, context).map((labels) => labelValue(labels, name));
  return limited(sorted(values.filter((value) => value !== '')), limit);
};
