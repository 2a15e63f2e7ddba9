// Chains of binary operators, put into Loki's order of precedence, whatever the grammar made of them.
import type { SyntaxNode } from '@lezer/common';
import { applyArithmetic, compareNumbers } from '../metrics/arithmetic.ts';
import { isComparison, isSetOperator } from './ast.ts';
import type { BinaryOperator, Matching, MetricQuery } from './ast.ts';
import { groupByPrecedence } from './shift-reduce.ts';
import { childOf, children, refuse, refuseUnsupported, textOf } from './tree.ts';
import type { QueryText } from './tree.ts';

type Operator = {
  readonly node: SyntaxNode;
  readonly name: BinaryOperator;
  readonly returnsBool: boolean;
  readonly matching: Matching;
};

type ReadMetric = (query: QueryText, node: SyntaxNode) => MetricQuery;
type Chain = { readonly operands: readonly MetricQuery[]; readonly operators: readonly Operator[] };

const levels: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '>=': 3,
  '<': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

const isOperator = (text: string): text is BinaryOperator => Object.hasOwn(levels, text);

const labelsIn = (query: QueryText, node: SyntaxNode | null): readonly string[] => {
  if (node === null) return [];
  return children(node).flatMap((child) => (child.name === 'LabelName' ? [textOf(query, child)] : labelsIn(query, child)));
};

/** The modifier comes first among the children where it is there, then group_left or group_right with labels of their own. */
const readMatching = (query: QueryText, modifier: SyntaxNode | null): Matching => {
  const onOrIgnoring = modifier?.getChild('OnOrIgnoringModifier') ?? null;
  const [left, right] = [modifier?.getChild('GroupLeft') ?? null, modifier?.getChild('GroupRight') ?? null];
  return {
    cardinality: left !== null ? 'many-to-one' : right !== null ? 'one-to-many' : 'one-to-one',
    on: (onOrIgnoring?.getChild('On') ?? null) !== null,
    labels: labelsIn(query, onOrIgnoring?.getChild('GroupingLabels') ?? null),
    include: labelsIn(query, modifier?.getChild('GroupingLabels') ?? null),
  };
};

const readOperator = (query: QueryText, parts: readonly SyntaxNode[], parent: SyntaxNode): Operator => {
  const node = parts[1] ?? refuse(query, parent, 'an operator is missing');
  const name = textOf(query, node).toLowerCase();
  if (!isOperator(name)) return refuseUnsupported(query, node);
  const modifier = parent.getChild('BinOpModifier');
  return { node, name, returnsBool: (modifier?.getChild('Bool') ?? null) !== null, matching: readMatching(query, modifier) };
};

/** The chain inside an Expr, which ends at parentheses. */
const readSide = (query: QueryText, node: SyntaxNode, readMetric: ReadMetric): Chain => {
  const metric =
    node.getChild('MetricExpr') ??
    refuse(query, node, `unexpected type for a leg of a binary operation: ${textOf(query, node)} is no metric`);
  const inner = metric.getChild('BinOpExpr');
  return inner === null ? { operands: [readMetric(query, metric)], operators: [] } : readChain(query, inner, readMetric);
};

const readChain = (query: QueryText, node: SyntaxNode, readMetric: ReadMetric): Chain => {
  const parts = children(node);
  const [left, right] = node.getChildren('Expr');
  if (left === undefined || right === undefined) return refuse(query, node, 'a side of the operator is missing');
  const [first, second] = [readSide(query, left, readMetric), readSide(query, right, readMetric)];
  return {
    operands: [...first.operands, ...second.operands],
    operators: [...first.operators, readOperator(query, parts, node), ...second.operators],
  };
};

const refuseLiteral = (query: QueryText, operator: Operator, side: 'left' | 'right', leg: MetricQuery): void => {
  if (leg.kind !== 'literal' || !isSetOperator(operator.name)) return;
  const value = leg.value.toFixed(6);
  refuse(query, operator.node, `unexpected literal for ${side} leg of logical/set binary operation (${operator.name}): ${value}`);
};

/** Two numbers are worked out at once; a comparison that does not hold is 0. */
const combine = (query: QueryText, left: MetricQuery, operator: Operator, right: MetricQuery): MetricQuery => {
  refuseLiteral(query, operator, 'left', left);
  refuseLiteral(query, operator, 'right', right);
  const { name, returnsBool, matching } = operator;
  if (left.kind !== 'literal' || right.kind !== 'literal' || isSetOperator(name))
    return { kind: 'binary', operator: name, returnsBool, matching, left, right };
  const value = isComparison(name) ? Number(compareNumbers(name, left.value, right.value)) : applyArithmetic(name, left.value, right.value);
  return { kind: 'literal', value };
};

export const readBinary = (query: QueryText, node: SyntaxNode, readMetric: ReadMetric): MetricQuery => {
  childOf(query, node, 'Expr');
  const { operands, operators } = readChain(query, node, readMetric);
  return groupByPrecedence(
    operands,
    operators,
    ({ name }) => ({ level: levels[name], isRight: name === '^' }),
    (left, operator, right) => combine(query, left, operator, right),
  );
};
