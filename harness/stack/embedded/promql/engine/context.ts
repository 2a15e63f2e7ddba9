// What a part of the evaluator gets besides its operands.
import type { Annotations } from '../annotations.ts';
import type { Storage } from '../storage.ts';
import type { Node } from '../syntax/ast.ts';
import type { Budget } from './budget.ts';
import type { Column, Grid, Value } from './value.ts';

export type Context = {
  readonly storage: Storage;
  readonly grid: Grid;
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  readonly annotations: Annotations;
  readonly budget: Budget;
  /** The evaluator itself, passed down so that no part imports the whole. */
  readonly evaluate: (node: Node, context: Context) => Value;
};

export const evaluateVector = (node: Node, context: Context): readonly Column[] => {
  const value = context.evaluate(node, context);
  if (value.type !== 'vector') throw new Error(`type checking let a ${value.type} through as an instant vector`);
  return value.columns;
};

export const evaluateScalar = (node: Node, context: Context): Float64Array => {
  const value = context.evaluate(node, context);
  if (value.type !== 'scalar') throw new Error(`type checking let a ${value.type} through as a scalar`);
  return value.values;
};

export const evaluateText = (node: Node, context: Context): string => {
  const value = context.evaluate(node, context);
  if (value.type !== 'string') throw new Error(`type checking let a ${value.type} through as a string`);
  return value.text;
};
