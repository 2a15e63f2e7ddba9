// Prometheus' HTTP API, from the asking side.
import type { Sample, Series } from '../engine/run-data.ts';
import { ask } from './ask.ts';
import { SignalError } from './signal-error.ts';

type RawSample = readonly [number, string];
type RawSeries = { readonly metric?: Readonly<Record<string, string>>; readonly value?: RawSample; readonly values?: readonly RawSample[] };
type RawData = { readonly resultType?: string; readonly result?: readonly RawSeries[] | RawSample };

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };
const sample = ([at, value]: RawSample): Sample => [at, special[value] ?? Number(value)];

const seriesOf = ({ resultType, result = [] }: RawData): readonly Series[] | null => {
  if (resultType === 'scalar') return [{ labels: {}, samples: [sample(result as RawSample)] }];
  if (resultType !== 'vector' && resultType !== 'matrix') return null;
  return (result as readonly RawSeries[]).map(({ metric = {}, value, values }) => ({
    labels: metric,
    samples: value === undefined ? (values ?? []).map(sample) : [sample(value)],
  }));
};

const query = async (url: string, promql: string, form: Readonly<Record<string, string>>): Promise<readonly Series[]> => {
  const { status, body } = await ask({ backend: 'prometheus', url, form: { query: promql, ...form }, asked: promql });
  const answer = body as { readonly status?: string; readonly data?: RawData; readonly error?: string } | null;
  const series = answer?.status === 'success' && answer.data !== undefined ? seriesOf(answer.data) : null;
  if (series === null) throw new SignalError('prometheus', promql, status, answer?.error ?? 'an answer that is no Prometheus result');
  return series;
};

export const instantQuery = (baseUrl: string, promql: string, atSeconds: number): Promise<readonly Series[]> =>
  query(`${baseUrl}/api/v1/query`, promql, { time: String(atSeconds) });

export const rangeQuery = (baseUrl: string, promql: string, from: number, to: number, step: number): Promise<readonly Series[]> =>
  query(`${baseUrl}/api/v1/query_range`, promql, { start: String(from), end: String(to), step: String(step) });
