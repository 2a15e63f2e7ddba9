// An instant selector: at each step the newest sample that is not older than the look-back, unless the series ended with a stale marker.
import { noLabels } from '../labels.ts';
import type { StoredSeries } from '../storage.ts';
import { isStaleAt } from '../storage.ts';
import type { SelectorNode } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import type { Column } from './value.ts';
import { createColumn, isEmptyColumn, lastTimeMs, reuseColumn, setPoint, timeAtStep } from './value.ts';

type Taken = 'value' | 'timestamp';

const fillColumn = (column: Column, series: StoredSeries, node: SelectorNode, context: Context, taken: Taken): void => {
  const { grid, lookbackMs } = context;
  const { timesMs, values } = series.read();
  let index = -1;
  for (let step = 0; step < grid.steps; step += 1) {
    const referenceMs = (node.atMs ?? timeAtStep(grid, step)) - node.offsetMs;
    while (index + 1 < timesMs.length && timesMs[index + 1]! <= referenceMs) index += 1;
    if (index < 0 || timesMs[index]! <= referenceMs - lookbackMs || isStaleAt(values, index)) continue;
    setPoint(column, step, taken === 'value' ? values[index]! : timesMs[index]! / 1000);
  }
};

const storedSeries = (node: SelectorNode, { grid, storage, lookbackMs }: Context): readonly StoredSeries[] => {
  const fromMs = (node.atMs ?? grid.startMs) - node.offsetMs - lookbackMs + 1;
  const toMs = (node.atMs ?? lastTimeMs(grid)) - node.offsetMs;
  return storage.select(node.matchers, fromMs, toMs);
};

/** `timestamp`: the samples' own times in seconds instead of their values. */
export const selectInstant = (node: SelectorNode, context: Context, taken: Taken = 'value'): Column[] => {
  const columns: Column[] = [];
  for (const series of storedSeries(node, context)) {
    context.budget.spend(context.grid.steps);
    const column = createColumn(series.labels, context.grid.steps);
    fillColumn(column, series, node, context, taken);
    if (!isEmptyColumn(column)) columns.push(column);
  }
  return columns;
};

/** The same columns one at a time, all in the same memory: each is valid until `use` returns. */
export const visitInstant = (node: SelectorNode, context: Context, use: (column: Column) => void): void => {
  const memory = createColumn(noLabels, context.grid.steps);
  for (const series of storedSeries(node, context)) {
    context.budget.spend(context.grid.steps);
    const column = reuseColumn(memory, series.labels);
    fillColumn(column, series, node, context, 'value');
    if (!isEmptyColumn(column)) use(column);
  }
};
