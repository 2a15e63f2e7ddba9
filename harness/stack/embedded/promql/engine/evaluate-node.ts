// Walks the tree: each node to the part that knows it.
import { evaluateAggregation } from '../aggregation/aggregate.ts';
import { callFunction } from '../functions/call.ts';
import { dropMetricName } from '../labels.ts';
import { evaluateBinary } from '../operators/binary.ts';
import type { Node, UnaryNode } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import { mergeColumns } from './merge.ts';
import { selectInstant } from './select-instant.ts';
import type { Ranges } from './select-range.ts';
import { selectRanges } from './select-range.ts';
import { isStepInvariant, repeatValue } from './step-invariance.ts';
import type { KeptSeries, Value } from './value.ts';
import { scalarOf, vectorOf } from './value.ts';

const evaluateUnary = (node: UnaryNode, context: Context): Value => {
  const value = evaluateNode(node.expression, context);
  if (!node.negates) return value;
  if (value.type === 'scalar') return scalarOf(value.values.map((number) => -number));
  if (value.type !== 'vector') throw new Error(`type checking let a sign before a ${value.type} through`);
  const negated = value.columns.map((column) => ({
    labels: dropMetricName(column.labels),
    values: column.values.map((number) => -number),
    present: column.present,
  }));
  return vectorOf(mergeColumns(negated));
};

const keepSamples = ({ series }: Ranges): readonly KeptSeries[] =>
  series
    .map(({ labels, read }) => {
      const { timesMs, values } = read();
      return { labels, timesMs: timesMs.slice(), values: values.slice() };
    })
    .filter(({ timesMs }) => timesMs.length > 0);

const evaluatePlain = (node: Node, context: Context): Value => {
  switch (node.kind) {
    case 'number':
      return scalarOf(new Float64Array(context.grid.steps).fill(node.value));
    case 'string':
      return { type: 'string', text: node.value };
    case 'selector':
      return vectorOf(selectInstant(node, context));
    case 'range':
    case 'subquery':
      return { type: 'matrix', series: keepSamples(selectRanges(node, context)) };
    case 'parentheses':
      return evaluateNode(node.expression, context);
    case 'unary':
      return evaluateUnary(node, context);
    case 'call':
      return callFunction(node, context);
    case 'aggregation':
      return evaluateAggregation(node, context);
    case 'binary':
      return evaluateBinary(node, context);
  }
};

export const evaluateNode = (node: Node, context: Context): Value => {
  const { grid } = context;
  context.budget.spend(0);
  if (grid.steps <= 1 || node.kind === 'number' || !isStepInvariant(node)) return evaluatePlain(node, context);
  return repeatValue(evaluatePlain(node, { ...context, grid: { ...grid, steps: 1 } }), grid.steps);
};
