// Calls of functions over range vectors.
import { formatGeneralFloat } from '../float-text.ts';
import type { Labels } from '../labels.ts';
import { labelValue, labelsFromEntries, metricNameLabel, noLabels } from '../labels.ts';
import type { CallNode, RangeNode, SubqueryNode } from '../syntax/ast.ts';
import type { Context } from '../engine/context.ts';
import { evaluateScalar } from '../engine/context.ts';
import { refuseDuplicates, refuseRepeated } from '../engine/merge.ts';
import type { Ranges } from '../engine/select-range.ts';
import { selectRanges } from '../engine/select-range.ts';
import type { Column, RangeSeries, Value } from '../engine/value.ts';
import { createColumn, isEmptyColumn, setPoint, vectorOf } from '../engine/value.ts';
import { overTime } from './over-time.ts';
import { delta, idelta, increase, irate, rate } from './rate.ts';
import type { RangeCall, RangeFunction } from './range-window.ts';
import { runOverRanges, visitRanges } from './range-window.ts';
import { deriv, predictLinear } from './regression.ts';
import type { Matcher } from '../matcher.ts';
import type { Node } from '../syntax/ast.ts';

const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  ...overTime,
  absent_over_time: () => 1,
  delta,
  deriv,
  idelta,
  increase,
  irate,
  predict_linear: predictLinear,
  rate,
};

export const isRangeFunction = (name: string): boolean => Object.hasOwn(rangeFunctions, name);

const stripParentheses = (node: Node): Node => (node.kind === 'parentheses' ? stripParentheses(node.expression) : node);

const isRanges = (node: Node): node is RangeNode | SubqueryNode => node.kind === 'range' || node.kind === 'subquery';

/** Prometheus' store puts matchers that take series away behind those that name some, and the selector keeps them so: {job!="b",job="a"} pins nothing. */
const asStored = (matchers: readonly Matcher[]): readonly Matcher[] => {
  const mustBeSet = new Set(matchers.filter((matcher) => !matcher.matches('')).map(({ name }) => name));
  const takesAway = (matcher: Matcher): boolean =>
    !mustBeSet.has(matcher.name) || (matcher.operator.startsWith('!') && matcher.matches(''));
  return [...matchers.filter((matcher) => !takesAway(matcher)), ...matchers.filter(takesAway)];
};

/** The labels that a selector pins down exactly: what is absent can only be named by them. */
export const pinnedLabels = (matchers: readonly Matcher[]): Labels => {
  const pinned = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of asStored(matchers).filter((matcher) => matcher.name !== metricNameLabel)) {
    if (operator === '=' && !seen.has(name)) pinned.set(name, value);
    else pinned.delete(name);
    if (operator === '=') seen.add(name);
  }
  return labelsFromEntries(pinned);
};

const absentOverTime = (argument: RangeNode | SubqueryNode, columns: readonly Column[], context: Context): Value => {
  const labels = argument.kind === 'range' ? pinnedLabels(argument.selector.matchers) : noLabels;
  const absent = createColumn(labels, context.grid.steps);
  for (let step = 0; step < context.grid.steps; step += 1) {
    if (!columns.some((column) => column.present[step] === 1)) setPoint(absent, step, 1);
  }
  return vectorOf(isEmptyColumn(absent) ? [] : [absent]);
};

const warnOfQuantile = (call: CallNode, parameter: Float64Array, columns: readonly Column[], context: Context): void => {
  parameter.forEach((q, step) => {
    if (q >= 0 && q <= 1) return;
    if (!columns.some((column) => column.present[step] === 1)) return;
    context.annotations.warn(`quantile value should be between 0 and 1, got ${formatGeneralFloat(q)}`, call.arguments[0]!.from);
  });
};

const counterSuffixes = /_(total|sum|count|bucket)$/;

const noteGauge = (argument: Node, { labels }: RangeSeries, context: Context): void => {
  const name = labelValue(labels, metricNameLabel);
  if (name === '' || counterSuffixes.test(name)) return;
  const text = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`;
  context.annotations.info(text, argument.from);
};

const wantsCounters = ({ name }: CallNode): boolean => name === 'rate' || name === 'increase';

type Prepared = { readonly argument: RangeNode | SubqueryNode; readonly ranges: Ranges; readonly rangeCall: RangeCall };

const prepare = (call: CallNode, context: Context): Prepared => {
  const nodes = call.arguments.map(stripParentheses);
  const argument = nodes.find(isRanges);
  if (argument === undefined) throw new Error(`type checking let ${call.name} without a range vector through`);
  const scalar = nodes.find((node) => node !== argument);
  const ranges = selectRanges(argument, context);
  const parameter = scalar === undefined ? null : evaluateScalar(scalar, context);
  const keepsName = call.name === 'last_over_time' || call.name === 'first_over_time';
  context.budget.spend(ranges.series.length * context.grid.steps);
  return { argument, ranges, rangeCall: { run: rangeFunctions[call.name]!, keepsName, parameter } };
};

export const callRangeFunction = (call: CallNode, context: Context): Value => {
  const { argument, ranges, rangeCall } = prepare(call, context);
  const columns = runOverRanges(ranges, rangeCall, context.grid);
  if (call.name === 'absent_over_time') return absentOverTime(argument, columns, context);
  if (wantsCounters(call)) ranges.series.forEach((series, index) => isEmptyColumn(columns[index]!) || noteGauge(argument, series, context));
  if (call.name === 'quantile_over_time') warnOfQuantile(call, rangeCall.parameter!, columns, context);
  return vectorOf(refuseDuplicates(columns));
};

/** Whether nothing of the call looks at several of its columns together. */
export const isSeriesBySeries = (name: string): boolean =>
  isRangeFunction(name) && name !== 'absent_over_time' && name !== 'quantile_over_time';

/** The columns of such a call one at a time, those with a value: each is valid until `use` returns. */
export const visitRangeColumns = (call: CallNode, context: Context, use: (column: Column) => void): void => {
  const { argument, ranges, rangeCall } = prepare(call, context);
  const seen = new Set<string>();
  visitRanges(ranges, rangeCall, context.grid, (column, series) => {
    if (isEmptyColumn(column)) return;
    if (wantsCounters(call)) noteGauge(argument, series, context);
    refuseRepeated(column, seen);
    use(column);
  });
};
