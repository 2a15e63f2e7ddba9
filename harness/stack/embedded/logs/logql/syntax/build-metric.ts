// Metric queries: aggregations over a range and over vectors, label_replace, vector(), numbers.
import type { SyntaxNode } from '@lezer/common';
import { compileLabelRegex } from '../regex.ts';
import { rangeOperations, vectorOperations } from './ast.ts';
import type { Grouping, MetricQuery, RangeAggregation, RangeOperation, VectorOperation } from './ast.ts';
import { readBinary } from './build-binary.ts';
import { stringOf } from './build-matchers.ts';
import { readLogRange } from './build-range.ts';
import { floatValue } from './literals.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

const namesIn = (query: QueryText, node: SyntaxNode): readonly string[] =>
  children(node).flatMap((child) => (child.name === 'Identifier' ? [textOf(query, child)] : namesIn(query, child)));

const readGrouping = (query: QueryText, node: SyntaxNode): Grouping => ({
  without: node.getChild('Without') !== null,
  labels: [...new Set(namesIn(query, node))].sort(),
});

const numberOf = (query: QueryText, node: SyntaxNode): number => readAt(query, node, () => floatValue(textOf(query, node)));

const groupable = new Set<RangeOperation>([
  'avg_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'max_over_time',
  'min_over_time',
  'first_over_time',
  'last_over_time',
]);
const withUnwrap = new Set<RangeOperation>([...groupable, 'sum_over_time', 'rate', 'rate_counter', 'absent_over_time']);
const withoutUnwrap = new Set<RangeOperation>(['bytes_over_time', 'bytes_rate', 'count_over_time', 'rate', 'absent_over_time']);

const checkRange = (query: QueryText, node: SyntaxNode, { operation, grouping, parameter, range }: RangeAggregation): void => {
  const isQuantile = operation === 'quantile_over_time';
  if (parameter !== null && !isQuantile) refuse(query, node, `parameter ${parameter} not supported for operation ${operation}`);
  if (parameter === null && isQuantile) refuse(query, node, `parameter required for operation ${operation}`);
  if (grouping !== null && !groupable.has(operation)) refuse(query, node, `grouping not allowed for ${operation} aggregation`);
  const allowed = range.unwrap === null ? withoutUnwrap : withUnwrap;
  if (!allowed.has(operation)) refuse(query, node, `invalid aggregation ${operation} with${range.unwrap === null ? 'out' : ''} unwrap`);
};

const operationOf = <Name extends string>(query: QueryText, node: SyntaxNode, names: readonly Name[]): Name => {
  const text = textOf(query, node).trim().toLowerCase();
  return names.find((name) => name === text) ?? refuseUnsupported(query, node);
};

const readRangeAggregation = (query: QueryText, node: SyntaxNode): MetricQuery => {
  const [grouping, number] = [node.getChild('Grouping'), node.getChild('Number')];
  const aggregation: RangeAggregation = {
    kind: 'range',
    operation: operationOf(query, childOf(query, node, 'RangeOp'), rangeOperations),
    parameter: number === null ? null : numberOf(query, number),
    range: readLogRange(query, childOf(query, node, 'LogRangeExpr')),
    grouping: grouping === null ? null : readGrouping(query, grouping),
  };
  checkRange(query, node, aggregation);
  return aggregation;
};

const readCount = (query: QueryText, node: SyntaxNode, operation: VectorOperation): number => {
  const number = node.getChild('Number');
  if (operation !== 'topk' && operation !== 'bottomk') {
    return number === null ? 0 : refuse(query, number, `unsupported parameter for operation ${operation}(${textOf(query, number)},`);
  }
  if (number === null) return refuse(query, node, `parameter required for operation ${operation}`);
  const text = textOf(query, number);
  if (!/^\d+$/.test(text)) refuse(query, number, `invalid parameter ${operation}(${text},`);
  return Number(text) > 0 ? Number(text) : refuse(query, number, `invalid parameter (must be greater than 0) ${operation}(${text}`);
};

/** Loki evaluates a number only as a side of an operator, or alone. */
const readInner = (query: QueryText, node: SyntaxNode): MetricQuery => {
  const inner = readMetric(query, node);
  return inner.kind === 'literal'
    ? refuse(query, node, 'a number has no labels: it can be aggregated or relabelled as vector(…) only')
    : inner;
};

const readVectorAggregation = (query: QueryText, node: SyntaxNode): MetricQuery => {
  const operation = operationOf(query, childOf(query, node, 'VectorOp'), vectorOperations);
  const groupingNode = node.getChild('Grouping');
  const grouping = groupingNode === null ? { without: false, labels: [] } : readGrouping(query, groupingNode);
  if (operation.startsWith('sort') && grouping.labels.length > 0) refuse(query, node, "sort and sort_desc doesn't allow grouping by ");
  const count = readCount(query, node, operation);
  return { kind: 'aggregate', operation, count, grouping, of: readInner(query, childOf(query, node, 'MetricExpr')) };
};

const readLabelReplace = (query: QueryText, node: SyntaxNode): MetricQuery => {
  const literals = node.getChildren('String');
  const [target = '', replacement = '', source = '', pattern = ''] = literals.map((literal) => stringOf(query, literal));
  const compiled = readAt(query, literals[3] ?? node, () => compileLabelRegex(pattern));
  return {
    kind: 'label-replace',
    of: readInner(query, childOf(query, node, 'MetricExpr')),
    target,
    replacement,
    source,
    pattern: compiled,
  };
};

const readNumber = (query: QueryText, node: SyntaxNode, kind: 'literal' | 'vector'): MetricQuery => {
  const value = numberOf(query, childOf(query, node, 'Number'));
  return { kind, value: node.getChild('Sub') === null ? value : -value };
};

export const readMetric = (query: QueryText, node: SyntaxNode): MetricQuery => {
  const [inner] = children(node);
  if (inner === undefined) return refuse(query, node, 'an empty metric query');
  switch (inner.name) {
    case 'MetricExpr':
      return readMetric(query, inner);
    case 'RangeAggregationExpr':
      return readRangeAggregation(query, inner);
    case 'VectorAggregationExpr':
      return readVectorAggregation(query, inner);
    case 'BinOpExpr':
      return readBinary(query, inner, readMetric);
    case 'LabelReplaceExpr':
      return readLabelReplace(query, inner);
    case 'LiteralExpr':
      return readNumber(query, inner, 'literal');
    case 'VectorExpr':
      return readNumber(query, inner, 'vector');
    default:
      return refuseUnsupported(query, inner);
  }
};
