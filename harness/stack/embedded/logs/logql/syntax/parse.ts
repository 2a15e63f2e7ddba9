// LogQL by Grafana's grammar (@grafana/lezer-logql). What is not supported is refused by name and position.
import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused, refuseLongQuery } from '../../../query-refused.ts';
import type { LogQuery, Matcher, MetricQuery } from './ast.ts';
import { noMatcherMessage } from './build-matchers.ts';
import { readMetric } from './build-metric.ts';
import { readLogQuery } from './build-range.ts';
import { takeOffsets } from './take-offsets.ts';
import { childOf, children, refuseErrors, refuseUnsupported } from './tree.ts';
import type { QueryText } from './tree.ts';

const readExpression = (query: QueryText, node: SyntaxNode): LogQuery | MetricQuery => {
  if (node.name === 'LogExpr') return readLogQuery(query, node);
  if (node.name === 'MetricExpr') return readMetric(query, node);
  const [inner] = children(node);
  return node.name === 'Expr' && inner !== undefined ? readExpression(query, inner) : refuseUnsupported(query, node);
};

/** Throws a QueryRefused with the position of what is wrong or not supported. */
export const parseLogql = (query: string): LogQuery | MetricQuery => {
  refuseLongQuery(query);
  if (query.trim() === '') throw new QueryRefused(query, 0, 'syntax error: unexpected $end');
  // The grammar has no empty selector, Loki refuses it in these words.
  if (/^\s*\{\s*\}/.test(query)) throw new QueryRefused(query, query.indexOf('{'), noMatcherMessage);
  const { text, offsets } = takeOffsets(query);
  const top = parser.parse(text).topNode;
  const parsed = { text: query, offsets };
  refuseErrors(parsed, top);
  return readExpression(parsed, childOf(parsed, top, 'Expr'));
};

export const parseLogQuery = (query: string): LogQuery => {
  const parsed = parseLogql(query);
  if (parsed.kind !== 'log') throw new QueryRefused(query, 0, 'only log selector is supported');
  return parsed;
};

/** Only the matchers of a bare selector. */
export const parseSelector = (query: string): readonly Matcher[] => {
  const parsed = parseLogql(query);
  if (parsed.kind !== 'log' || parsed.stages.length > 0) throw new QueryRefused(query, 0, 'only label matchers are supported');
  return parsed.matchers;
};
