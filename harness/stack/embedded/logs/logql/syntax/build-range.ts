// What a range aggregation counts over: selector, stages, unwrap, [range] and offset, in the many orders in which Loki takes them.
import type { SyntaxNode } from '@lezer/common';
import type { LabelFilter, LogQuery, LogRange, Stage, Unwrap } from './ast.ts';
import { readLabelFilter } from './build-label-filter.ts';
import { nameOf, readSelector } from './build-matchers.ts';
import { readPipeline } from './build-stages.ts';
import { promDurationNanos, queryDurationNanos } from './literals.ts';
import { childOf, children, readAt, refuse, refuseUnsupported, textOf } from './tree.ts';

const stagesOf = (query: string, node: SyntaxNode): readonly Stage[] => {
  const pipeline = node.getChild('PipelineExpr');
  return pipeline === null ? [] : readPipeline(query, pipeline);
};

/** A LogExpr; its parentheses mean nothing. */
export const readLogQuery = (query: string, node: SyntaxNode): LogQuery => {
  const inner = node.getChild('LogExpr');
  if (inner !== null) return readLogQuery(query, inner);
  return { kind: 'log', matchers: readSelector(query, childOf(query, node, 'Selector')), stages: stagesOf(query, node) };
};

const conversions = { DurationConv: 'duration', DurationSecondsConv: 'duration', BytesConv: 'bytes' } as const;

const conversionOf = (query: string, node: SyntaxNode): Unwrap['conversion'] => {
  const conversion = node.getChild('ConvOp')?.firstChild;
  if (!conversion) return 'number';
  return conversions[conversion.name as keyof typeof conversions] ?? refuseUnsupported(query, conversion);
};

const readUnwrap = (query: string, node: SyntaxNode): Unwrap => {
  const inner = node.getChild('UnwrapExpr');
  if (inner === null) return { label: nameOf(query, node), conversion: conversionOf(query, node), filters: [] };
  const unwrap = readUnwrap(query, inner);
  const filter: LabelFilter = readLabelFilter(query, childOf(query, node, 'LabelFilter'));
  return { ...unwrap, filters: [...unwrap.filters, filter] };
};

const millisecondsOf = (query: string, node: SyntaxNode, read: (text: string) => number): number => {
  const duration = childOf(query, node, 'Duration');
  return readAt(query, duration, () => read(textOf(query, duration))) / 1e6;
};

const known = new Set(['Selector', 'PipelineExpr', 'UnwrapExpr', 'Range', 'OffsetExpr']);

export const readLogRange = (query: string, node: SyntaxNode): LogRange => {
  const inner = node.getChild('LogRangeExpr');
  if (inner !== null) return readLogRange(query, inner);
  for (const child of children(node)) if (!known.has(child.name)) refuseUnsupported(query, child);
  const [offset, unwrap] = [node.getChild('OffsetExpr'), node.getChild('UnwrapExpr')];
  const range = childOf(query, node, 'Range');
  const rangeMs = millisecondsOf(query, range, promDurationNanos);
  if (rangeMs <= 0) refuse(query, range, 'the range must be longer than 0');
  return {
    query: { kind: 'log', matchers: readSelector(query, childOf(query, node, 'Selector')), stages: stagesOf(query, node) },
    rangeMs,
    offsetMs: offset === null ? 0 : millisecondsOf(query, offset, queryDurationNanos),
    unwrap: unwrap === null ? null : readUnwrap(query, unwrap),
  };
};
