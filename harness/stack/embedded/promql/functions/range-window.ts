// Runs a function over the sliding window of each series: (end - range, end], where end is the step, shifted by offset and @.
import type { Ranges } from '../engine/select-range.ts';
import type { Column, Grid, RangeSeries } from '../engine/value.ts';
import { createColumn, reuseColumn, setPoint, timeAtStep } from '../engine/value.ts';
import type { Labels } from '../labels.ts';
import { dropMetricName, noLabels } from '../labels.ts';

/** The samples [from, to) of the arrays; never empty. One object is used for all windows: keep nothing of it. */
export type Window = {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  from: number;
  to: number;
  /** Bounds of the range, the left one exclusive. */
  startMs: number;
  endMs: number;
  /** The step, without offset and @. */
  stepMs: number;
  /** The scalar argument at this step; NaN for functions that take none. */
  parameter: number;
};

/** undefined: no result at this step. */
export type RangeFunction = (window: Window) => number | undefined;

export type RangeCall = {
  readonly run: RangeFunction;
  readonly keepsName: boolean;
  readonly parameter: Float64Array | null;
};

const moveTo = (window: Window, endMs: number, rangeMs: number): void => {
  const { timesMs } = window;
  window.endMs = endMs;
  window.startMs = endMs - rangeMs;
  while (window.to < timesMs.length && timesMs[window.to]! <= endMs) window.to += 1;
  while (window.from < window.to && timesMs[window.from]! <= window.startMs) window.from += 1;
};

const fillColumn = (column: Column, series: RangeSeries, ranges: Ranges, call: RangeCall, grid: Grid): Column => {
  const { timesMs, values } = series.read();
  const { offsetMs, atMs } = ranges.shift;
  const window: Window = { timesMs, values, from: 0, to: 0, startMs: 0, endMs: 0, stepMs: 0, parameter: NaN };
  for (let step = 0; step < grid.steps; step += 1) {
    window.stepMs = timeAtStep(grid, step);
    moveTo(window, (atMs ?? window.stepMs) - offsetMs, ranges.rangeMs);
    if (window.from === window.to) continue;
    if (call.parameter !== null) window.parameter = call.parameter[step]!;
    const result = call.run(window);
    if (result !== undefined) setPoint(column, step, result);
  }
  return column;
};

const labelsOf = ({ labels }: RangeSeries, { keepsName }: RangeCall): Labels => (keepsName ? labels : dropMetricName(labels));

/** One column a series, empty ones too, in the order of `ranges.series`. */
export const runOverRanges = (ranges: Ranges, call: RangeCall, grid: Grid): Column[] =>
  ranges.series.map((series) => fillColumn(createColumn(labelsOf(series, call), grid.steps), series, ranges, call, grid));

/** The same columns one at a time, all in the same memory: each is valid until `use` returns. */
export const visitRanges = (ranges: Ranges, call: RangeCall, grid: Grid, use: (column: Column, series: RangeSeries) => void): void => {
  const memory = createColumn(noLabels, grid.steps);
  for (const series of ranges.series) use(fillColumn(reuseColumn(memory, labelsOf(series, call)), series, ranges, call, grid), series);
};
