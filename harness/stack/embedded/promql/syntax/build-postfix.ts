// What stands behind an operand: [5m], [5m:1m], offset 5m, @ 1600000000.
import type { SyntaxNode } from '@lezer/common';
import type { Node, RangeNode, SelectorNode, SubqueryNode } from './ast.ts';
import { durationMs } from './duration.ts';
import { parseNumberText } from './number.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

type Shiftable = SelectorNode | RangeNode | SubqueryNode;

const shiftable = (source: Source, node: Node, modifier: string): Shiftable => {
  if (node.kind === 'selector' || node.kind === 'range' || node.kind === 'subquery') return node;
  return source.fail(node, `${modifier} must be preceded by an instant vector selector or range vector selector or a subquery`);
};

const shiftOf = (node: Shiftable): SelectorNode | SubqueryNode => (node.kind === 'range' ? node.selector : node);

const shifted = (node: Shiftable, to: number, change: { offsetMs?: number; offsetIsSet?: boolean; atMs?: number }): Shiftable =>
  node.kind === 'range' ? { ...node, selector: { ...node.selector, ...change }, to } : { ...node, ...change, to };

const applyOffset = (source: Source, node: Node, postfix: SyntaxNode): Node => {
  const target = shiftable(source, node, 'offset modifier');
  const offsetMs = durationMs(source, childrenOf(postfix).at(-1)!, 'negative');
  if (shiftOf(target).offsetIsSet) source.fail(target, 'offset may not be set multiple times');
  // Prometheus takes `offset 0s` for no offset, so that another may follow.
  return shifted(target, postfix.to, { offsetMs, offsetIsSet: offsetMs !== 0 });
};

const atMs = (source: Source, node: Node, argument: SyntaxNode): number => {
  if (argument.name === 'AtModifierPreprocessors') {
    return argument.firstChild?.name === 'AtStart' ? source.window.startMs : source.window.endMs;
  }
  const [, sign, digits] = /^([+-]?)\s*([^]*)$/.exec(source.text(argument))!;
  const seconds = (parseNumberText(digits!) ?? NaN) * (sign === '-' ? -1 : 1);
  // 2^63 is what Prometheus can hold; a Date ends long before, but only the API has dates.
  if (!Number.isFinite(seconds) || Math.abs(seconds) >= 2 ** 63) source.fail(node, `timestamp out of bounds for @ modifier: ${seconds}`);
  return Math.round(seconds * 1000);
};

const applyAt = (source: Source, node: Node, postfix: SyntaxNode): Node => {
  const target = shiftable(source, node, '@ modifier');
  const at = atMs(source, target, childrenOf(postfix).at(-1)!);
  if (shiftOf(target).atMs !== null) source.fail(target, '@ <timestamp> may not be set multiple times');
  return shifted(target, postfix.to, { atMs: at });
};

const applyRange = (source: Source, node: Node, postfix: SyntaxNode): RangeNode => {
  const duration = childrenOf(postfix).at(-1)!;
  const brackets = { from: source.query.lastIndexOf('[', duration.from), to: postfix.to };
  if (node.kind !== 'selector') return source.fail(brackets, 'ranges only allowed for vector selectors');
  if (node.offsetIsSet) source.fail(brackets, 'no offset modifiers allowed before range');
  if (node.atMs !== null) source.fail(brackets, 'no @ modifiers allowed before range');
  return { kind: 'range', selector: node, rangeMs: durationMs(source, duration, 'positive'), from: node.from, to: postfix.to };
};

const applySubquery = (source: Source, node: Node, postfix: SyntaxNode): SubqueryNode => {
  const [range, step] = childrenOf(postfix).filter((child) => child.name === 'DurationExpr');
  return {
    kind: 'subquery',
    expression: node,
    rangeMs: durationMs(source, range!, 'positive'),
    stepMs: step === undefined ? 0 : durationMs(source, step, 'positive'),
    offsetMs: 0,
    offsetIsSet: false,
    atMs: null,
    from: node.from,
    to: postfix.to,
  };
};

export const applyPostfix = (source: Source, node: Node, postfix: SyntaxNode): Node => {
  switch (postfix.name) {
    case 'OffsetExpr':
      return applyOffset(source, node, postfix);
    case 'StepInvariantExpr':
      return applyAt(source, node, postfix);
    case 'MatrixSelector':
      return applyRange(source, node, postfix);
    case 'SubqueryExpr':
      return applySubquery(source, node, postfix);
    default:
      return source.fail(node, `${postfix.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'} modifier is experimental and not enabled`);
  }
};
