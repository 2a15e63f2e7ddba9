// Binary operators with their modifiers: bool, on / ignoring, group_left / group_right.
import type { SyntaxNode } from '@lezer/common';
import type { BinaryNode, BinaryOperator, Matching, Node } from './ast.ts';
import { isSetOperator } from './ast.ts';
import { groupingLabels } from './build-aggregation.ts';
import type { Source } from './source.ts';
import { childrenOf } from './source.ts';

const operators: Readonly<Record<string, { readonly operator: BinaryOperator; readonly precedence: number }>> = {
  Or: { operator: 'or', precedence: 1 },
  And: { operator: 'and', precedence: 2 },
  Unless: { operator: 'unless', precedence: 2 },
  Eql: { operator: '==', precedence: 3 },
  Neq: { operator: '!=', precedence: 3 },
  Lte: { operator: '<=', precedence: 3 },
  Lss: { operator: '<', precedence: 3 },
  Gte: { operator: '>=', precedence: 3 },
  Gtr: { operator: '>', precedence: 3 },
  Add: { operator: '+', precedence: 4 },
  Sub: { operator: '-', precedence: 4 },
  Mul: { operator: '*', precedence: 5 },
  Div: { operator: '/', precedence: 5 },
  Mod: { operator: '%', precedence: 5 },
  Atan2: { operator: 'atan2', precedence: 5 },
  Pow: { operator: '^', precedence: 6 },
};

const operatorOf = (source: Source, node: SyntaxNode): { readonly operator: BinaryOperator; readonly precedence: number } =>
  operators[node.name] ?? source.fail(node, `operator ${source.text(node)} is not supported: it works on native histograms only`);

export const precedenceOf = (source: Source, node: SyntaxNode): number => operatorOf(source, node).precedence;

const matchingOf = (source: Source, clause: SyntaxNode | undefined, operator: BinaryOperator): Matching => {
  const children = clause === undefined ? [] : childrenOf(clause);
  const group = children.find((child) => child.name === 'GroupLeft' || child.name === 'GroupRight');
  const lists = children.filter((child) => child.name === 'GroupingLabels').map((child) => groupingLabels(source, child));
  const grouped = group?.name === 'GroupLeft' ? 'many-to-one' : 'one-to-many';
  const plain = isSetOperator(operator) ? 'many-to-many' : 'one-to-one';
  return {
    cardinality: group === undefined ? plain : grouped,
    on: children[0]?.name === 'On',
    labels: lists[0] ?? [],
    include: lists[1] ?? [],
  };
};

export const buildBinary = (
  source: Source,
  operatorNode: SyntaxNode,
  modifiers: readonly SyntaxNode[],
  left: Node,
  right: Node,
): BinaryNode => {
  const { operator } = operatorOf(source, operatorNode);
  const fill = modifiers.find((modifier) => modifier.name === 'FillModifier');
  if (fill !== undefined) source.fail({ from: left.from, to: right.to }, 'binop fill modifiers are experimental and not enabled');
  const clause = modifiers.find((modifier) => modifier.name === 'MatchingModifierClause');
  return {
    kind: 'binary',
    operator,
    returnsBool: modifiers.some((modifier) => modifier.name === 'BoolModifier'),
    matching: matchingOf(source, clause, operator),
    left,
    right,
    from: left.from,
    to: right.to,
  };
};
