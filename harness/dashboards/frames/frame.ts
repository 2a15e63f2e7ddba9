// What answers become before they are drawn: series over time, tables, log lines.
import type { Labels } from '../legend.ts';

export type Series = {
  readonly refId: string;
  readonly name: string;
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  /** null: no sample at this step. NaN is a value: the query said so. */
  readonly values: readonly (number | null)[];
};

export type Cell = string | number | null;

export type Column = {
  readonly name: string;
  readonly kind: 'time' | 'number' | 'string' | 'trace';
  readonly cells: readonly Cell[];
  /** Of its own, where the backend says it (milliseconds of a trace). */
  readonly unit?: string;
};

export type Table = { readonly refId: string; readonly columns: readonly Column[] };

export type LogLine = { readonly atMs: number; readonly line: string; readonly labels: Labels; readonly refId: string };

export type Frames = { readonly series: readonly Series[]; readonly tables: readonly Table[]; readonly lines: readonly LogLine[] };

export const noFrames: Frames = { series: [], tables: [], lines: [] };

export const joinFrames = (frames: readonly Frames[]): Frames => ({
  series: frames.flatMap(({ series }) => series),
  tables: frames.flatMap(({ tables }) => tables),
  lines: frames.flatMap(({ lines }) => lines),
});

export const rowsOf = ({ columns }: Table): number => columns[0]?.cells.length ?? 0;
