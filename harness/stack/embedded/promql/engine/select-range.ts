// Range selectors and subqueries: both yield samples at times of their own, with the range and the shift that functions over them need.
import { withoutStaleMarkers } from '../storage.ts';
import type { RangeNode, SubqueryNode, TimeShift } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import { evaluateVector } from './context.ts';
import type { Column, Grid, RangeSeries } from './value.ts';
import { lastTimeMs, timeAtStep } from './value.ts';

export type Ranges = { readonly series: readonly RangeSeries[]; readonly rangeMs: number; readonly shift: TimeShift };

const selectSamples = (node: RangeNode, context: Context): Ranges => {
  const { grid, storage, budget } = context;
  const { selector, rangeMs } = node;
  // The window is open on the left: a sample exactly `range` ago is not in it.
  const fromMs = (selector.atMs ?? grid.startMs) - selector.offsetMs - rangeMs + 1;
  const toMs = (selector.atMs ?? lastTimeMs(grid)) - selector.offsetMs;
  const series = storage.select(selector.matchers, fromMs, toMs).map(({ labels, read }) => ({
    labels,
    read: () => {
      const samples = read();
      budget.spend(samples.timesMs.length);
      return withoutStaleMarkers(samples);
    },
  }));
  return { series, rangeMs, shift: selector };
};

/** The subquery's own steps are multiples of its step since 1970, whatever the outer query's are. */
const subqueryGrid = (node: SubqueryNode, context: Context): Grid => {
  const stepMs = node.stepMs > 0 ? node.stepMs : context.defaultSubqueryStepMs;
  const openMs = (node.atMs ?? context.grid.startMs) - node.offsetMs - node.rangeMs;
  const endMs = (node.atMs ?? lastTimeMs(context.grid)) - node.offsetMs;
  const aligned = stepMs * Math.trunc(openMs / stepMs);
  const startMs = aligned <= openMs ? aligned + stepMs : aligned;
  return { startMs, stepMs, steps: Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1) };
};

/** There may be tens of millions of steps: nothing but the two arrays grows with them. */
const samplesOf = ({ labels, values, present }: Column, grid: Grid): RangeSeries => {
  let count = 0;
  for (let step = 0; step < grid.steps; step += 1) count += present[step]!;
  const samples = { timesMs: new Float64Array(count), values: new Float64Array(count) };
  for (let step = 0, at = 0; step < grid.steps; step += 1) {
    if (present[step] !== 1) continue;
    samples.timesMs[at] = timeAtStep(grid, step);
    samples.values[at] = values[step]!;
    at += 1;
  }
  return { labels, read: () => samples };
};

const runSubquery = (node: SubqueryNode, context: Context): Ranges => {
  const grid = subqueryGrid(node, context);
  // Selectors count what they read. An expression without one has as many values as there are steps all the same.
  context.budget.spend(grid.steps);
  const columns = grid.steps === 0 ? [] : evaluateVector(node.expression, { ...context, grid });
  return { series: columns.map((column) => samplesOf(column, grid)), rangeMs: node.rangeMs, shift: node };
};

export const selectRanges = (node: RangeNode | SubqueryNode, context: Context): Ranges =>
  node.kind === 'range' ? selectSamples(node, context) : runSubquery(node, context);
