// Prometheus' HTTP API, from the asking side.
import type { Sample, Series } from '../engine/run-data.ts';
import { ask, type Endpoint } from './ask.ts';
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

const query = async (
  endpoint: Endpoint,
  path: string,
  promql: string,
  form: Readonly<Record<string, string>>,
): Promise<readonly Series[]> => {
  const url = `${endpoint.url}/api/v1/${path}`;
  const { status, body } = await ask({ ...endpoint, backend: 'prometheus', url, form: { query: promql, ...form }, asked: promql });
  const answer = body as { readonly status?: string; readonly data?: RawData; readonly error?: string } | null;
  const series = answer?.status === 'success' && answer.data !== undefined ? seriesOf(answer.data) : null;
  if (series === null) throw new SignalError('prometheus', promql, status, answer?.error ?? 'an answer that is no Prometheus result');
  return series;
};

/** In seconds. Prometheus 3 takes it on both APIs; without it a series that fell silent is answered with its old value for five minutes. */
const lookbackForm = (lookback: number | undefined): Readonly<Record<string, string>> =>
  lookback === undefined ? {} : { lookback_delta: String(lookback) };

export const instantQuery = (at: Endpoint, promql: string, atSeconds: number, lookback?: number): Promise<readonly Series[]> =>
  query(at, 'query', promql, { time: String(atSeconds), ...lookbackForm(lookback) });

/** Seconds, all of them. */
export type RangeWindow = { readonly from: number; readonly to: number; readonly step: number; readonly lookback?: number | undefined };

export const rangeQuery = (at: Endpoint, promql: string, { from, to, step, lookback }: RangeWindow): Promise<readonly Series[]> =>
  query(at, 'query_range', promql, { start: String(from), end: String(to), step: String(step), ...lookbackForm(lookback) });
