// The grammar's tree binds @, offset and [ ] too loosely (`a + b offset 5m` becomes `(a + b) offset 5m`), and reads -1^2 as (-1)^2.
// So an expression is flattened to its operands and operators in the order of the text, and built again with Prometheus' precedence.
import type { SyntaxNode } from '@lezer/common';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

export type Token =
  | { readonly kind: 'operand'; readonly node: SyntaxNode; readonly from: number; readonly postfixes: SyntaxNode[] }
  | { readonly kind: 'sign'; readonly negates: boolean; readonly from: number }
  | { readonly kind: 'operator'; readonly node: SyntaxNode; readonly modifiers: readonly SyntaxNode[] };

const postfixNames: ReadonlySet<string> = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
]);

const modifierNames: ReadonlySet<string> = new Set(['BoolModifier', 'MatchingModifierClause', 'FillModifier']);

const flattenBinary = (source: Source, node: SyntaxNode): Token[] => {
  const [left, operator, ...rest] = childrenOf(node);
  const modifiers = rest.filter((child) => modifierNames.has(child.name));
  const right = rest.at(-1)!;
  return [...flatten(source, left!), { kind: 'operator', node: operator!, modifiers }, ...flatten(source, right)];
};

const flattenPostfix = (source: Source, node: SyntaxNode): Token[] => {
  const tokens = flatten(source, node.firstChild!);
  const last = tokens.at(-1);
  if (last?.kind === 'operand') last.postfixes.push(node);
  return tokens;
};

const operand = (node: SyntaxNode, from = node.from): Token => ({ kind: 'operand', node, from, postfixes: [] });

export const flatten = (source: Source, node: SyntaxNode): Token[] => {
  if (node.name === 'BinaryExpr') return flattenBinary(source, node);
  if (postfixNames.has(node.name)) return flattenPostfix(source, node);
  if (node.name === 'UnaryExpr') {
    const [sign, inner] = childrenOf(node);
    return [{ kind: 'sign', negates: source.text(sign!) === '-', from: sign!.from }, ...flatten(source, inner!)];
  }
  const signed = node.name === 'NumberDurationLiteral' ? /^([+-])\s*/.exec(source.text(node)) : null;
  if (signed === null) return [operand(node)];
  return [{ kind: 'sign', negates: signed[1] === '-', from: node.from }, operand(node, node.from + signed[0].length)];
};
