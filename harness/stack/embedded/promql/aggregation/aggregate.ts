// sum, avg, min, max, count, group, stddev, stdvar and quantile; topk, bottomk and count_values have files of their own.
import { formatGeneralFloat } from '../float-text.ts';
import type { Labels } from '../labels.ts';
import type { AggregationNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateScalar, evaluateText, evaluateVector } from '../engine/context.ts';
import type { Column, Value } from '../engine/value.ts';
import { createColumn, isEmptyColumn, setPoint, vectorOf } from '../engine/value.ts';
import type { Accumulator, PlainOperator } from './accumulators.ts';
import { createAccumulator } from './accumulators.ts';
import { countValues } from './count-values.ts';
import { groupColumns, groupLabels } from './grouping.ts';
import { scalarBounds } from './scalar-bounds.ts';
import { selectExtremes } from './top-k.ts';
import { visitColumns } from './visit-columns.ts';

type Group = { readonly result: Column; readonly accumulator: Accumulator };

const finish = ({ result, accumulator }: Group): Column => {
  for (let step = 0; step < result.present.length; step += 1) {
    if (result.present[step] === 1) setPoint(result, step, accumulator.result(step));
  }
  return result;
};

/** Groups in the order in which their first series comes. Each series is added as soon as it is there, and needed no more. */
const aggregatePlain = (node: AggregationNode, operator: PlainOperator, parameter: Float64Array, context: Context): Column[] => {
  const { steps } = context.grid;
  const labelsOf = groupLabels({ without: node.without, labels: node.grouping });
  const groups = new Map<string, Group>();
  const groupFor = (labels: Labels): Group => {
    const known = groups.get(labels.key);
    if (known !== undefined) return known;
    context.budget.spend(steps);
    const group = { result: createColumn(labels, steps), accumulator: createAccumulator(operator, steps, parameter) };
    groups.set(labels.key, group);
    return group;
  };
  visitColumns(node.expression, context, (column) => {
    const { result, accumulator } = groupFor(labelsOf(column.labels));
    accumulator.addSeries(column, result.present);
  });
  return [...groups.values()].map(finish).filter((result) => !isEmptyColumn(result));
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
  const grouping = { without: node.without, labels: node.grouping };
  if (node.operator === 'count_values') {
    const label = evaluateText(node.parameter!, context);
    return vectorOf(countValues(grouping, label, evaluateVector(node.expression, context), context));
  }
  const parameter = node.parameter === null ? new Float64Array(0) : evaluateScalar(node.parameter, context);
  if (node.operator === 'topk' || node.operator === 'bottomk') {
    const columns = evaluateVector(node.expression, context);
    return vectorOf(selectExtremes(node.operator, columns, groupColumns(grouping, columns), parameter));
  }
  const columns = aggregatePlain(node, node.operator, parameter, context);
  if (node.operator === 'quantile') warnOfQuantile(parameter, node, context);
  return vectorOf(columns);
};
