// What an operator does to two numbers, and what to the name of the series: a comparison without bool is a filter and keeps it.
import type { BinaryNode } from '../syntax/ast.ts';
import { isComparison, isSetOperator } from '../syntax/ast.ts';
import { arithmetic, comparison } from './arithmetic.ts';

export type Operation = {
  readonly dropsName: boolean;
  readonly isComparison: boolean;
  readonly returnsBool: boolean;
  /** For a comparison: 1 or 0, whether it holds. */
  readonly apply: (left: number, right: number) => number;
};

export const operationOf = (node: BinaryNode): Operation => {
  const { operator, returnsBool } = node;
  if (isSetOperator(operator)) throw new Error(`${operator} is no operation on numbers`);
  if (!isComparison(operator)) return { dropsName: true, isComparison: false, returnsBool: false, apply: arithmetic[operator] };
  const holds = comparison[operator];
  return { dropsName: returnsBool, isComparison: true, returnsBool, apply: (left, right) => (holds(left, right) ? 1 : 0) };
};
