// A binary expression: which of its four shapes it has.
import { isComparison, isSetOperator } from '../syntax/ast.ts';
import type { BinaryNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { mergeColumns } from '../engine/merge.ts';
import type { Value } from '../engine/value.ts';
import { scalarOf, vectorOf } from '../engine/value.ts';
import { operationOf } from './operation.ts';
import { combineSets } from './set-operators.ts';
import { combineWithScalar } from './vector-scalar.ts';
import { combineVectors } from './vector-vector.ts';
import { arithmetic, comparison } from './arithmetic.ts';

const combineScalars = (node: BinaryNode, left: Float64Array, right: Float64Array): Value => {
  const { operator } = node;
  if (isSetOperator(operator)) throw new Error(`type checking let ${operator} between scalars through`);
  if (isComparison(operator)) return scalarOf(left.map((value, step) => (comparison[operator](value, right[step]!) ? 1 : 0)));
  return scalarOf(left.map((value, step) => arithmetic[operator](value, right[step]!)));
};

export const evaluateBinary = (node: BinaryNode, context: Context): Value => {
  const left = context.evaluate(node.left, context);
  const right = context.evaluate(node.right, context);
  if (left.type === 'scalar' && right.type === 'scalar') return combineScalars(node, left.values, right.values);
  if (left.type === 'vector' && right.type === 'scalar') {
    return vectorOf(mergeColumns(combineWithScalar(operationOf(node), left.columns, right.values, 'vector-left')));
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    return vectorOf(mergeColumns(combineWithScalar(operationOf(node), right.columns, left.values, 'scalar-left')));
  }
  if (left.type !== 'vector' || right.type !== 'vector')
    throw new Error(`type checking let ${left.type} ${node.operator} ${right.type} through`);
  if (isSetOperator(node.operator)) return vectorOf(mergeColumns(combineSets(node.operator, node.matching, left.columns, right.columns)));
  return vectorOf(mergeColumns(combineVectors(operationOf(node), node.matching, left.columns, right.columns, context)));
};
