// labels, label values and series: what there is to ask for in a time range.
import type { Parameters } from '../../prometheus-api/parameters.ts';
import { matchesStream } from '../logql/select.ts';
import type { Stream } from '../log-store.ts';
import type { Matcher } from '../logql/syntax/ast.ts';
import { parseSelector } from '../logql/syntax/parse.ts';
import { success } from './answer.ts';
import { nowNano } from './context.ts';
import type { LokiContext } from './context.ts';
import { boundsOf } from './parameters.ts';

/** Streams with an entry in the range that any of the selectors takes; no selector takes all. */
export const streamsIn = (parameters: Parameters, selectors: readonly (readonly Matcher[])[], context: LokiContext): readonly Stream[] => {
  const { startNano, endNano } = boundsOf(parameters, nowNano(context));
  const found = new Set<Stream>();
  for (const { stream, entry } of context.logs.entries()) {
    if (entry.atNano >= startNano && entry.atNano <= endNano) found.add(stream);
  }
  return [...found].filter(({ labels }) => selectors.length === 0 || selectors.some((matchers) => matchesStream(matchers, labels)));
};

const isEmptySelector = (text: string): boolean => text.replaceAll(' ', '') === '{}';

const selectorOf = (parameters: Parameters): readonly (readonly Matcher[])[] => {
  const query = parameters.first('query');
  return query === '' || isEmptySelector(query) ? [] : [parseSelector(query)];
};

/** As in Loki, an empty list is left out. */
const listed = (texts: Iterable<string>): unknown => {
  const sorted = [...new Set(texts)].sort();
  return sorted.length === 0 ? { status: 'success' } : success(sorted);
};

export const labelNames = (parameters: Parameters, context: LokiContext): unknown =>
  listed(streamsIn(parameters, selectorOf(parameters), context).flatMap(({ labels }) => [...labels.keys()]));

export const labelValues = (parameters: Parameters, name: string, context: LokiContext): unknown =>
  listed(streamsIn(parameters, selectorOf(parameters), context).flatMap(({ labels }) => labels.get(name) ?? []));

export const series = (parameters: Parameters, context: LokiContext): unknown => {
  const asked = [...new Set([...parameters.all('match'), ...parameters.all('match[]')])].sort();
  const selectors = asked.length === 1 && isEmptySelector(asked[0]!) ? [] : asked.map(parseSelector);
  return success(streamsIn(parameters, selectors, context).map(({ labels }) => Object.fromEntries(labels)));
};
