// What evaluation passes around: one column a series over the steps of the query. An instant query is a query of one step.
import type { Labels } from '../labels.ts';
import type { Samples, StoredSeries } from '../storage.ts';

export type Grid = { readonly startMs: number; readonly stepMs: number; readonly steps: number };

export const timeAtStep = (grid: Grid, step: number): number => grid.startMs + step * grid.stepMs;

export const lastTimeMs = (grid: Grid): number => timeAtStep(grid, grid.steps - 1);

/** `present` is 1 where the series has a value: no number stands for absence. */
export type Column = { readonly labels: Labels; readonly values: Float64Array; readonly present: Uint8Array };

/** Samples of one series at times of their own, those of a range selector or a subquery, without stale markers. Valid until another series is read. */
export type RangeSeries = StoredSeries;

/** The same, to keep. */
export type KeptSeries = Samples & { readonly labels: Labels };

export type Value =
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'vector'; readonly columns: readonly Column[] }
  | { readonly type: 'matrix'; readonly series: readonly KeptSeries[] }
  | { readonly type: 'string'; readonly text: string };

export const createColumn = (labels: Labels, steps: number): Column => ({
  labels,
  values: new Float64Array(steps),
  present: new Uint8Array(steps),
});

/** The same memory for another series. */
export const reuseColumn = ({ values, present }: Column, labels: Labels): Column => {
  present.fill(0);
  return { labels, values, present };
};

export const setPoint = (column: Column, step: number, value: number): void => {
  column.values[step] = value;
  column.present[step] = 1;
};

export const isEmptyColumn = (column: Column): boolean => !column.present.includes(1);

export const vectorOf = (columns: readonly Column[]): Value => ({ type: 'vector', columns });

export const scalarOf = (values: Float64Array): Value => ({ type: 'scalar', values });
