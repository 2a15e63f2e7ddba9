// What a range aggregation counts over: selector, stages, unwrap, [range] and offset, in the many orders in which Loki takes them.
import type { SyntaxNode } from '@lezer/common';
import { QueryRefused } from '../../../query-refused.ts';
import type { LabelFilter, LogQuery, LogRange, Stage, Unwrap } from './ast.ts';
import { readLabelFilter } from './build-label-filter.ts';
import { nameOf, readSelector } from './build-matchers.ts';
import { readPipeline } from './build-stages.ts';
import { promDurationNanos, queryDurationNanos } from './literals.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

const stagesOf = (query: QueryText, node: SyntaxNode): readonly Stage[] => {
  const pipeline = node.getChild('PipelineExpr');
  return pipeline === null ? [] : readPipeline(query, pipeline);
};

/** A LogExpr; its parentheses mean nothing. */
export const readLogQuery = (query: QueryText, node: SyntaxNode): LogQuery => {
  const inner = node.getChild('LogExpr');
  if (inner !== null) return readLogQuery(query, inner);
  return { kind: 'log', matchers: readSelector(query, childOf(query, node, 'Selector')), stages: stagesOf(query, node) };
};

const conversions = { DurationConv: 'duration', DurationSecondsConv: 'duration', BytesConv: 'bytes' } as const;

const conversionOf = (query: QueryText, node: SyntaxNode): Unwrap['conversion'] => {
  const conversion = node.getChild('ConvOp')?.firstChild;
  if (!conversion) return 'number';
  return conversions[conversion.name as keyof typeof conversions] ?? refuseUnsupported(query, conversion);
};

const readUnwrap = (query: QueryText, node: SyntaxNode): Unwrap => {
  const inner = node.getChild('UnwrapExpr');
  if (inner === null) return { label: nameOf(query, node), conversion: conversionOf(query, node), filters: [] };
  const unwrap = readUnwrap(query, inner);
  const filter: LabelFilter = readLabelFilter(query, childOf(query, node, 'LabelFilter'));
  return { ...unwrap, filters: [...unwrap.filters, filter] };
};

const rangeMsOf = (query: QueryText, node: SyntaxNode): number => {
  const duration = childOf(query, node, 'Duration');
  const rangeMs = readAt(query, duration, () => promDurationNanos(textOf(query, duration))) / 1e6;
  return rangeMs > 0 ? rangeMs : refuse(query, node, 'the range must be longer than 0');
};

const offsetMsOf = (query: QueryText, range: SyntaxNode): number => {
  const offset = query.offsets.get(range.to);
  if (offset === undefined) return 0;
  try {
    return queryDurationNanos(offset.text) / 1e6;
  } catch (error) {
    throw new QueryRefused(query.text, offset.from, (error as Error).message, { cause: error });
  }
};

const known = new Set(['Selector', 'PipelineExpr', 'UnwrapExpr', 'Range']);

export const readLogRange = (query: QueryText, node: SyntaxNode): LogRange => {
  const inner = node.getChild('LogRangeExpr');
  if (inner !== null) return readLogRange(query, inner);
  for (const child of children(node)) if (!known.has(child.name)) refuseUnsupported(query, child);
  const unwrap = node.getChild('UnwrapExpr');
  const range = childOf(query, node, 'Range');
  return {
    query: { kind: 'log', matchers: readSelector(query, childOf(query, node, 'Selector')), stages: stagesOf(query, node) },
    rangeMs: rangeMsOf(query, range),
    offsetMs: offsetMsOf(query, range),
    unwrap: unwrap === null ? null : readUnwrap(query, unwrap),
  };
};
