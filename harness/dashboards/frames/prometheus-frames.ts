// Answers of Prometheus (and of Loki's metric queries, which have the same form) as series and tables.
import { seriesName } from '../legend.ts';
import type { Target } from '../target.ts';
import { labelsOf, list, numberOf, record, successData } from './api-answer.ts';
import { noFrames } from './frame.ts';
import type { Column, Frames, Series, Table } from './frame.ts';

export type Grid = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

type Sample = readonly [atMs: number, value: number];

const sampleOf = (pair: unknown): Sample => {
  const [seconds, value] = list(pair);
  return [Math.round(Number(seconds) * 1_000), numberOf(value)];
};

const gridTimes = ({ startMs, endMs, stepMs }: Grid): readonly number[] =>
  Array.from({ length: Math.floor((endMs - startMs) / stepMs) + 1 }, (_none, index) => startMs + index * stepMs);

/** On the grid of the query: a step without a sample is null, so that it is drawn as a gap. */
const onGrid = (samples: readonly Sample[], times: readonly number[]): readonly (number | null)[] => {
  const known = new Map(samples);
  return times.map((atMs) => known.get(atMs) ?? null);
};

export const matrixFrames = (answer: unknown, target: Target, grid: Grid): Frames => {
  const timesMs = gridTimes(grid);
  const series = list(successData(answer)['result']).map((item): Series => {
    const { metric, values } = record(item);
    const labels = labelsOf(metric);
    const name = seriesName(labels, target.legendFormat, target.expr);
    return { refId: target.refId, name, labels, timesMs, values: onGrid(list(values).map(sampleOf), timesMs) };
  });
  return { ...noFrames, series };
};

type Instant = { readonly labels: Readonly<Record<string, string>>; readonly sample: Sample };

const instantsOf = (answer: unknown): readonly Instant[] => {
  const { result, resultType } = successData(answer);
  if (resultType === 'scalar' || resultType === 'string') return [{ labels: {}, sample: sampleOf(result) }];
  return list(result).map((item) => ({ labels: labelsOf(record(item)['metric']), sample: sampleOf(record(item)['value']) }));
};

const tableOf = (instants: readonly Instant[], target: Target, valueName: string): Table => {
  const names = [...new Set(instants.flatMap(({ labels }) => Object.keys(labels)))].toSorted();
  const column = (name: string, kind: Column['kind'], cells: Column['cells']): Column => ({ name, kind, cells });
  return {
    refId: target.refId,
    columns: [
      column(
        'Time',
        'time',
        instants.map(({ sample }) => sample[0]),
      ),
      ...names.map((name) =>
        column(
          name,
          'string',
          instants.map(({ labels }) => labels[name] ?? null),
        ),
      ),
      column(
        valueName,
        'number',
        instants.map(({ sample }) => sample[1]),
      ),
    ],
  };
};

/** `several`: other queries stand beside this one, so its column of values carries the refId, as in Grafana. */
export const vectorFrames = (answer: unknown, target: Target, several: boolean): Frames => {
  const instants = instantsOf(answer);
  if (target.format === 'table') return { ...noFrames, tables: [tableOf(instants, target, several ? `Value #${target.refId}` : 'Value')] };
  const series = instants.map(({ labels, sample: [atMs, value] }): Series => {
    const name = seriesName(labels, target.legendFormat, target.expr);
    return { refId: target.refId, name, labels, timesMs: [atMs], values: [value] };
  });
  return { ...noFrames, series };
};
