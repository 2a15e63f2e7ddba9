// What does not change from step to step (an @ on every selector) is evaluated once and repeated.
import type { Node } from '../syntax/ast.ts';
import type { Column, Value } from './value.ts';

/** Their result changes with the time of evaluation even where their arguments do not. */
const readsTheClock: ReadonlySet<string> = new Set(
  'days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp'.split(' '),
);

const known = new WeakMap<Node, boolean>();

const decide = (node: Node): boolean => {
  switch (node.kind) {
    case 'number':
    case 'string':
      return true;
    case 'selector':
    case 'subquery':
      return node.atMs !== null;
    case 'range':
      return node.selector.atMs !== null;
    case 'parentheses':
    case 'unary':
      return isStepInvariant(node.expression);
    case 'aggregation':
      return isStepInvariant(node.expression) && (node.parameter === null || isStepInvariant(node.parameter));
    case 'binary':
      return isStepInvariant(node.left) && isStepInvariant(node.right);
    case 'call':
      return !readsTheClock.has(node.name) && node.arguments.every(isStepInvariant);
  }
};

export const isStepInvariant = (node: Node): boolean => {
  const answer = known.get(node) ?? decide(node);
  known.set(node, answer);
  return answer;
};

const repeatColumn = (column: Column, steps: number): Column => ({
  labels: column.labels,
  values: new Float64Array(steps).fill(column.values[0]!),
  present: new Uint8Array(steps).fill(column.present[0]!),
});

/** A value of one step at all steps. */
export const repeatValue = (value: Value, steps: number): Value => {
  if (value.type === 'scalar') return { type: 'scalar', values: new Float64Array(steps).fill(value.values[0]!) };
  if (value.type === 'vector') return { type: 'vector', columns: value.columns.map((column) => repeatColumn(column, steps)) };
  return value;
};
