// Answers of Tempo: a search as a table of traces or of spans, metrics as series. The columns are those that Grafana shows.
import { seriesName } from '../legend.ts';
import type { Target } from '../target.ts';
import { list, numberOf, record, textOf } from './api-answer.ts';
import type { Json } from './api-answer.ts';
import { attributesOf } from './otlp-attributes.ts';
import { noFrames } from './frame.ts';
import type { Cell, Column, Frames, Series } from './frame.ts';
import type { Grid } from './prometheus-frames.ts';

type Row = { readonly [column: string]: Cell };
type Form = readonly (readonly [name: string, kind: Column['kind'], unit?: string])[];

const millis = (nanos: unknown): number => Number(BigInt(textOf(nanos) || '0') / 1_000n) / 1_000;

const traceForm: Form = [
  ['Trace ID', 'trace'],
  ['Start time', 'time'],
  ['Service', 'string'],
  ['Name', 'string'],
  ['Duration', 'number', 'ms'],
];

const traceRow = (trace: Json): Row => ({
  'Trace ID': textOf(trace['traceID']).toLowerCase().padStart(32, '0'),
  'Start time': millis(trace['startTimeUnixNano']),
  Service: textOf(trace['rootServiceName']) || null,
  Name: textOf(trace['rootTraceName']) || null,
  // Left out by Tempo where it is below one millisecond.
  Duration: Number(trace['durationMs'] ?? 0),
});

const spanForm: Form = [
  ['Trace ID', 'trace'],
  ['Start time', 'time'],
  ['Service', 'string'],
  ['Span ID', 'string'],
  ['Name', 'string'],
  ['Duration', 'number', 'ms'],
];

const spanRows = (trace: Json): readonly Row[] =>
  (trace['spanSets'] === undefined ? [trace['spanSet']] : list(trace['spanSets']))
    .flatMap((set) => list(record(set)['spans']))
    .map((item) => {
      const span = record(item);
      return {
        ...attributesOf(span['attributes']),
        'Trace ID': traceRow(trace)['Trace ID'] ?? null,
        'Start time': millis(span['startTimeUnixNano']),
        Service: textOf(trace['rootServiceName']) || null,
        'Span ID': textOf(span['spanID']),
        Name: textOf(span['name']) || textOf(trace['rootTraceName']) || null,
        Duration: Number(textOf(span['durationNanos']) || 0) / 1e6,
      };
    });

const tableOf = (rows: readonly Row[], form: Form): readonly Column[] => {
  const others = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !form.some(([known]) => known === name));
  return [...form, ...others.map((name) => [name, 'string'] as const)].map(([name, kind, unit]) => ({
    name,
    kind,
    cells: rows.map((row) => row[name] ?? null),
    ...(unit === undefined ? {} : { unit }),
  }));
};

export const searchFrames = (answer: unknown, target: Target): Frames => {
  const traces = list(record(answer)['traces']).map(record);
  const columns = target.tableType === 'spans' ? tableOf(traces.flatMap(spanRows), spanForm) : tableOf(traces.map(traceRow), traceForm);
  return { ...noFrames, tables: [{ refId: target.refId, columns }] };
};

const labelsOfSeries = (series: Json): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(attributesOf(series['labels'])).map(([name, value]) => [name, String(value)]));

const seriesOf = (item: unknown, target: Target, timesMs: readonly number[]): Series => {
  const series = record(item);
  const labels = labelsOfSeries(series);
  const samples = series['samples'] === undefined ? [series] : list(series['samples']).map(record);
  const known = new Map(
    samples.map((sample) => [Math.round(numberOf(sample['timestampMs'] ?? timesMs.at(-1))), numberOf(sample['value'] ?? 0)]),
  );
  const times = timesMs.length > 1 ? timesMs : [...known.keys()];
  const name = seriesName(labels, target.legendFormat, target.expr);
  return { refId: target.refId, name, labels, timesMs: times, values: times.map((atMs) => known.get(atMs) ?? null) };
};

/** TraceQL metrics. Their steps are Tempo's own, so the times are taken from the answer. */
export const traceMetricFrames = (answer: unknown, target: Target, grid: Grid): Frames => {
  const found = list(record(answer)['series']);
  const times = found.flatMap((item) => list(record(item)['samples']).map((sample) => Math.round(numberOf(record(sample)['timestampMs']))));
  const timesMs = times.length === 0 ? [grid.endMs] : [...new Set(times)].toSorted((one, other) => one - other);
  return { ...noFrames, series: found.map((item) => seriesOf(item, target, timesMs)) };
};
