// TraceQL text -> query. What is wrong or not supported is refused by name and position.
import { refuseLongQuery } from '../../query-refused.ts';
import { isMetric, readMetrics } from './parse-metrics.ts';
import { readStages } from './parse-spanset.ts';
import type { Query } from './query.ts';
import { readHints } from './read-hints.ts';
import { createTokenReader } from './token-reader.ts';
import { tokenize } from './tokens.ts';

/** Throws a QueryRefused. */
export const parseTraceql = (query: string): Query => {
  refuseLongQuery(query);
  const { tokens, hints } = tokenize(query);
  const reader = createTokenReader(query, tokens);
  const stages = readStages(reader, isMetric);
  const metrics = reader.skip('|') ? readMetrics(reader) : null;
  const rest = reader.peek();
  if (rest !== undefined) reader.refuse(rest, `${JSON.stringify(rest.text)} is not supported here`);
  return { stages, metrics, hints: readHints(query, hints) };
};
