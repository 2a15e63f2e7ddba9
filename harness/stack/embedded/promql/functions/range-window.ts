// Runs a function over the sliding window of each series: (end - range, end], where end is the step, shifted by offset and @.
import type { Ranges } from '../engine/select-range.ts';
import type { Column, Grid, RangeSeries } from '../engine/value.ts';
import { createColumn, setPoint, timeAtStep } from '../engine/value.ts';
import { dropMetricName } from '../labels.ts';

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

const runOverSeries = (series: RangeSeries, ranges: Ranges, call: RangeCall, grid: Grid): Column => {
  const { timesMs, values } = series.read();
  const { offsetMs, atMs } = ranges.shift;
  const column = createColumn(call.keepsName ? series.labels : dropMetricName(series.labels), grid.steps);
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

/** One column a series, empty ones too, in the order of `ranges.series`. */
export const runOverRanges = (ranges: Ranges, call: RangeCall, grid: Grid): Column[] =>
  ranges.series.map((series) => runOverSeries(series, ranges, call, grid));
