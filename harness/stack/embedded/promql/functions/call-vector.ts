// Functions of an instant vector and scalars: element by element, or over the whole vector at each step.
import { dropMetricName, noLabels } from '../labels.ts';
import type { CallNode, Node } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateScalar, evaluateVector } from '../engine/context.ts';
import { mergeColumns } from '../engine/merge.ts';
import { selectInstant } from '../engine/select-instant.ts';
import type { Column, Value } from '../engine/value.ts';
import { createColumn, isEmptyColumn, scalarOf, setPoint, timeAtStep, vectorOf } from '../engine/value.ts';
import { maxOf, minOf } from '../operators/arithmetic.ts';
import { pinnedLabels } from './call-range.ts';

/** undefined: the element is dropped at this step. */
export const mapElements = (columns: readonly Column[], run: (value: number, step: number) => number | undefined): Value => {
  const results = columns.map((column) => {
    const result = createColumn(dropMetricName(column.labels), column.values.length);
    column.present.forEach((present, step) => {
      const mapped = present === 1 ? run(column.values[step]!, step) : undefined;
      if (mapped !== undefined) setPoint(result, step, mapped);
    });
    return result;
  });
  return vectorOf(mergeColumns(results));
};

const stripParentheses = (node: Node): Node => (node.kind === 'parentheses' ? stripParentheses(node.expression) : node);

const absent = (call: CallNode, context: Context): Value => {
  const columns = evaluateVector(call.arguments[0]!, context);
  const argument = stripParentheses(call.arguments[0]!);
  const column = createColumn(argument.kind === 'selector' ? pinnedLabels(argument.matchers) : noLabels, context.grid.steps);
  for (let step = 0; step < context.grid.steps; step += 1) {
    if (!columns.some((other) => other.present[step] === 1)) setPoint(column, step, 1);
  }
  return vectorOf(isEmptyColumn(column) ? [] : [column]);
};

const clamp = (columns: readonly Column[], low: Float64Array | null, high: Float64Array | null): Value =>
  mapElements(columns, (value, step) => {
    const [least, most] = [low?.[step] ?? -Infinity, high?.[step] ?? Infinity];
    return most < least ? undefined : maxOf(least, minOf(most, value));
  });

/** Ties go up. Multiplying with the inverse is what Prometheus does, so that round(x, 0.1) has the same noise. */
const round = (columns: readonly Column[], toNearest: Float64Array | null): Value =>
  mapElements(columns, (value, step) => {
    const inverse = 1 / (toNearest?.[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });

const scalar = (columns: readonly Column[], context: Context): Value => {
  const values = new Float64Array(context.grid.steps).fill(NaN);
  return scalarOf(
    values.map((_, step) => {
      const present = columns.filter((column) => column.present[step] === 1);
      return present.length === 1 ? present[0]!.values[step]! : NaN;
    }),
  );
};

const byValue =
  (direction: 1 | -1) =>
  (a: Column, b: Column): number => {
    const [left, right] = [a.values[0]!, b.values[0]!];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return left === right ? 0 : direction * (left < right ? -1 : 1);
  };

const sort = (call: CallNode, context: Context): Value => {
  const columns = evaluateVector(call.arguments[0]!, context);
  if (context.grid.steps > 1) {
    context.annotations.warn('sort is ineffective for range queries since results are always ordered by labels', call.from);
    return vectorOf(columns);
  }
  return vectorOf(columns.toSorted(byValue(call.name === 'sort' ? 1 : -1)));
};

const timestamp = (call: CallNode, context: Context): Value => {
  const argument = stripParentheses(call.arguments[0]!);
  if (argument.kind === 'selector') return mapElements(selectInstant(argument, context, 'timestamp'), (seconds) => seconds);
  return mapElements(evaluateVector(argument, context), (_, step) => timeAtStep(context.grid, step) / 1000);
};

const vector = (values: Float64Array): Value => vectorOf([{ labels: noLabels, values, present: new Uint8Array(values.length).fill(1) }]);

export const callVectorFunction = (call: CallNode, context: Context): Value | null => {
  const columns = (): readonly Column[] => evaluateVector(call.arguments[0]!, context);
  const number = (index: number): Float64Array => evaluateScalar(call.arguments[index]!, context);
  switch (call.name) {
    case 'absent':
      return absent(call, context);
    case 'clamp':
      return clamp(columns(), number(1), number(2));
    case 'clamp_min':
      return clamp(columns(), number(1), null);
    case 'clamp_max':
      return clamp(columns(), null, number(1));
    case 'round':
      return round(columns(), call.arguments.length > 1 ? number(1) : null);
    case 'scalar':
      return scalar(columns(), context);
    case 'sort':
    case 'sort_desc':
      return sort(call, context);
    case 'timestamp':
      return timestamp(call, context);
    case 'vector':
      return vector(number(0));
    default:
      return null;
  }
};
