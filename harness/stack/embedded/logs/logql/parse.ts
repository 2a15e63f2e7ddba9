// LogQL text -> query, on Grafana's grammar (@grafana/lezer-logql). What is not supported is refused by name and position.
import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { durationNanos } from '../../go-duration.ts';
import { QueryRefused, refuseLongQuery } from '../../query-refused.ts';
import { readLabelFilter, readLineFilters, readMatchers } from './parse-filters.ts';
import type { Grouping, LogQuery, Matcher, MetricQuery, Stage } from './query.ts';
import { childOf, children, refuse, refuseErrors, refuseUnsupported, textOf } from './tree.ts';

const readStage = (query: string, node: SyntaxNode): readonly Stage[] => {
  const parts = children(node).filter((part) => part.name !== 'Pipe');
  const stage = parts[0] ?? refuse(query, node, 'an empty stage');
  if (stage.name === 'LineFilters') return readLineFilters(query, stage);
  if (stage.name === 'LabelFilter') return [{ kind: 'label', filter: readLabelFilter(query, stage) }];
  if (stage.name === 'LabelParser' && stage.firstChild?.name === 'Json') return [{ kind: 'json' }];
  if (stage.name === 'LogfmtParser' && stage.getChild('LogfmtParserFlags') === null) return [{ kind: 'logfmt' }];
  return refuseUnsupported(query, stage);
};

const readPipeline = (query: string, node: SyntaxNode): readonly Stage[] =>
  children(node).flatMap((child) => {
    if (child.name === 'PipelineExpr') return readPipeline(query, child);
    return child.name === 'PipelineStage' ? readStage(query, child) : refuseUnsupported(query, child);
  });

/** As in Loki: a selector must not be such that it takes every stream. */
const matchesEmpty = (matcher: Matcher): boolean => {
  if (matcher.pattern !== null) return matcher.pattern.test('') === (matcher.operator === '=~');
  return (matcher.value === '') === (matcher.operator === '=');
};

const readSelector = (query: string, node: SyntaxNode): readonly Matcher[] => {
  const list = node.getChild('Matchers');
  const matchers = list === null ? [] : readMatchers(query, list);
  if (matchers.every(matchesEmpty)) {
    refuse(query, node, 'queries require at least one regexp or equality matcher that does not have an empty-compatible value');
  }
  return matchers;
};

const logParts = new Set(['Selector', 'PipelineExpr', 'Range', 'OffsetExpr']);

/** A LogExpr, or a LogRangeExpr, which has a range beside it. */
const readLogQuery = (query: string, node: SyntaxNode): LogQuery => {
  for (const child of children(node)) if (!logParts.has(child.name)) refuseUnsupported(query, child);
  const pipeline = node.getChild('PipelineExpr');
  const matchers = readSelector(query, childOf(query, node, 'Selector'));
  return { kind: 'log', matchers, stages: pipeline === null ? [] : readPipeline(query, pipeline) };
};

const readDurationMs = (query: string, node: SyntaxNode): number => {
  const nanos = durationNanos(textOf(query, node));
  return nanos === null || nanos <= 0 ? refuse(query, node, `${textOf(query, node)} is no duration`) : nanos / 1e6;
};

const rangeOperations = {
  CountOverTime: 'count_over_time',
  Rate: 'rate',
  BytesOverTime: 'bytes_over_time',
  BytesRate: 'bytes_rate',
} as const;
const vectorOperations = { Sum: 'sum', Min: 'min', Max: 'max', Avg: 'avg', Count: 'count' } as const;

const readRangeAggregation = (query: string, node: SyntaxNode): MetricQuery => {
  const name = childOf(query, node, 'RangeOp').firstChild;
  const operation = rangeOperations[name?.name as keyof typeof rangeOperations] ?? refuseUnsupported(query, name ?? node);
  const grouping = node.getChild('Grouping') ?? node.getChild('Number');
  if (grouping !== null) refuseUnsupported(query, grouping);
  const range = childOf(query, node, 'LogRangeExpr');
  const offset = range.getChild('OffsetExpr');
  return {
    kind: 'over-time',
    operation,
    query: readLogQuery(query, range),
    rangeMs: readDurationMs(query, childOf(query, childOf(query, range, 'Range'), 'Duration')),
    offsetMs: offset === null ? 0 : readDurationMs(query, childOf(query, offset, 'Duration')),
  };
};

const identifiers = (query: string, node: SyntaxNode): readonly string[] =>
  children(node).flatMap((child) => (child.name === 'Identifier' ? [textOf(query, child)] : identifiers(query, child)));

const readGrouping = (query: string, node: SyntaxNode): Grouping => ({
  without: node.getChild('Without') !== null,
  labels: identifiers(query, node),
});

const readVectorAggregation = (query: string, node: SyntaxNode): MetricQuery => {
  const name = childOf(query, node, 'VectorOp').firstChild;
  const operation = vectorOperations[name?.name as keyof typeof vectorOperations] ?? refuseUnsupported(query, name ?? node);
  const grouping = node.getChild('Grouping');
  return {
    kind: 'aggregate',
    operation,
    grouping: grouping === null ? null : readGrouping(query, grouping),
    of: readMetric(query, childOf(query, node, 'MetricExpr')),
  };
};

const readMetric = (query: string, node: SyntaxNode): MetricQuery => {
  const inner = node.firstChild ?? refuse(query, node, 'an empty metric query');
  if (inner.name === 'RangeAggregationExpr') return readRangeAggregation(query, inner);
  if (inner.name === 'VectorAggregationExpr') return readVectorAggregation(query, inner);
  return inner.name === 'MetricExpr' ? readMetric(query, inner) : refuseUnsupported(query, inner);
};

const readExpression = (query: string, node: SyntaxNode): LogQuery | MetricQuery => {
  if (node.name === 'LogExpr') return readLogQuery(query, node);
  if (node.name === 'MetricExpr') return readMetric(query, node);
  return node.name === 'Expr' && node.firstChild !== null ? readExpression(query, node.firstChild) : refuseUnsupported(query, node);
};

/** Throws a QueryRefused with the position of what is wrong or not supported. */
export const parseLogql = (query: string): LogQuery | MetricQuery => {
  refuseLongQuery(query);
  if (query.trim() === '') throw new QueryRefused(query, 0, 'the query is empty');
  const top = parser.parse(query).topNode;
  refuseErrors(query, top);
  return readExpression(query, childOf(query, top, 'Expr'));
};

/** Only the matchers of a bare selector, as `match[]` of /series wants it. */
export const parseSelector = (query: string): readonly Matcher[] => {
  const parsed = parseLogql(query);
  if (parsed.kind !== 'log' || parsed.stages.length > 0) throw new QueryRefused(query, 0, 'only a stream selector is taken here');
  return parsed.matchers;
};
