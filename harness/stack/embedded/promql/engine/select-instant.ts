// An instant selector: at each step the newest sample that is not older than the look-back, unless the series ended with a stale marker.
import type { StoredSeries } from '../storage.ts';
import { isStaleAt } from '../storage.ts';
import type { SelectorNode } from '../syntax/ast.ts';
import type { Context } from './context.ts';
import type { Column } from './value.ts';
import { createColumn, isEmptyColumn, lastTimeMs, setPoint, timeAtStep } from './value.ts';

type Taken = 'value' | 'timestamp';

const fillColumn = (series: StoredSeries, node: SelectorNode, context: Context, taken: Taken): Column => {
  const { grid, lookbackMs } = context;
  const { timesMs, values } = series.read();
  const column = createColumn(series.labels, grid.steps);
  let index = -1;
  for (let step = 0; step < grid.steps; step += 1) {
    const referenceMs = (node.atMs ?? timeAtStep(grid, step)) - node.offsetMs;
    while (index + 1 < timesMs.length && timesMs[index + 1]! <= referenceMs) index += 1;
    if (index < 0 || timesMs[index]! <= referenceMs - lookbackMs || isStaleAt(values, index)) continue;
    setPoint(column, step, taken === 'value' ? values[index]! : timesMs[index]! / 1000);
  }
  return column;
};

/** `timestamp`: the samples' own times in seconds instead of their values. */
export const selectInstant = (node: SelectorNode, context: Context, taken: Taken = 'value'): Column[] => {
  const { grid, storage, budget, lookbackMs } = context;
  const fromMs = (node.atMs ?? grid.startMs) - node.offsetMs - lookbackMs + 1;
  const toMs = (node.atMs ?? lastTimeMs(grid)) - node.offsetMs;
  const columns: Column[] = [];
  for (const series of storage.select(node.matchers, fromMs, toMs)) {
    budget.spend(grid.steps);
    const column = fillColumn(series, node, context, taken);
    if (!isEmptyColumn(column)) columns.push(column);
  }
  return columns;
};
