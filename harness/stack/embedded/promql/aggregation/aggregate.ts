// sum, avg, min, max, count, group, stddev, stdvar and quantile; topk, bottomk and count_values have files of their own.
import { formatGeneralFloat } from '../float-text.ts';
import type { AggregationNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateScalar, evaluateText, evaluateVector } from '../engine/context.ts';
import type { Column, Value } from '../engine/value.ts';
import { createColumn, isEmptyColumn, setPoint, vectorOf } from '../engine/value.ts';
import type { Accumulator, PlainOperator } from './accumulators.ts';
import { createAccumulator } from './accumulators.ts';
import { countValues } from './count-values.ts';
import type { Groups } from './grouping.ts';
import { groupColumns } from './grouping.ts';
import { scalarBounds } from './scalar-bounds.ts';
import { selectExtremes } from './top-k.ts';

const accumulate = (
  columns: readonly Column[],
  groups: Groups,
  results: readonly Column[],
  accumulator: Accumulator,
  steps: number,
): void => {
  columns.forEach((column, index) => {
    const group = groups.groupOf[index]!;
    const { present } = results[group]!;
    for (let step = 0; step < steps; step += 1) {
      if (column.present[step] === 0) continue;
      accumulator.add(group * steps + step, column.values[step]!, present[step] === 0);
      present[step] = 1;
    }
  });
};

const aggregatePlain = (
  operator: PlainOperator,
  columns: readonly Column[],
  groups: Groups,
  parameter: Float64Array,
  steps: number,
): Column[] => {
  const results = groups.labels.map((labels) => createColumn(labels, steps));
  const accumulator = createAccumulator(operator, results.length * steps, parameter);
  accumulate(columns, groups, results, accumulator, steps);
  results.forEach((result, group) => {
    for (let step = 0; step < steps; step += 1) {
      if (result.present[step] === 1) setPoint(result, step, accumulator.result(group * steps + step, step));
    }
  });
  return results.filter((result) => !isEmptyColumn(result));
};

const warnOfQuantile = (parameter: Float64Array, node: AggregationNode, context: Context): void => {
  const { from } = node.parameter!;
  const warn = (value: number): void =>
    context.annotations.warn(`quantile value should be between 0 and 1, got ${formatGeneralFloat(value)}`, from);
  const { low, high, hasNaN } = scalarBounds(parameter);
  if (hasNaN) warn(NaN);
  if (high > 1) warn(high);
  if (low < 0) warn(low);
};

export const evaluateAggregation = (node: AggregationNode, context: Context): Value => {
  const { steps } = context.grid;
  const grouping = { without: node.without, labels: node.grouping };
  if (node.operator === 'count_values') {
    const label = evaluateText(node.parameter!, context);
    return vectorOf(countValues(grouping, label, evaluateVector(node.expression, context), context));
  }
  const parameter = node.parameter === null ? new Float64Array(0) : evaluateScalar(node.parameter, context);
  const columns = evaluateVector(node.expression, context);
  const groups = groupColumns(grouping, columns);
  if (node.operator === 'topk' || node.operator === 'bottomk') return vectorOf(selectExtremes(node.operator, columns, groups, parameter));
  if (node.operator === 'quantile') warnOfQuantile(parameter, node, context);
  context.budget.spend(groups.labels.length * steps);
  return vectorOf(aggregatePlain(node.operator, columns, groups, parameter, steps));
};
