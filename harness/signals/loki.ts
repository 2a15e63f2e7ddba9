// Loki's HTTP API, from the asking side.
import { ask, type Endpoint } from './ask.ts';
import type { LogRange } from './client.ts';
import { SignalError } from './signal-error.ts';

export type LogLine = { readonly atMs: number; readonly line: string; readonly labels: Readonly<Record<string, string>> };

type RawStream = { readonly stream?: Readonly<Record<string, string>>; readonly values?: readonly (readonly [string | number, string])[] };
type RawData = { readonly resultType?: string; readonly result?: readonly RawStream[] };

const nanos = (seconds: number): string => `${BigInt(Math.round(seconds * 1_000)) * 1_000_000n}`;

const queryRange = async (at: Endpoint, logql: string, parameters: Readonly<Record<string, string>>) => {
  const search = new URLSearchParams({ query: logql, direction: 'backward', ...parameters });
  const url = `${at.url}/loki/api/v1/query_range?${search.toString()}`;
  const { status, body } = await ask({ ...at, backend: 'loki', url, asked: logql });
  const { data = {} } = (body ?? {}) as { readonly data?: RawData };
  return { status, data };
};

/** Lines from `from` (inclusive) to `to` (exclusive), newest first, at most `limit`. */
export const queryLogs = async (at: Endpoint, logql: string, from: number, to: number, limit: number): Promise<readonly LogLine[]> => {
  const { status, data } = await queryRange(at, logql, { start: nanos(from), end: nanos(to), limit: String(limit) });
  if (data.resultType !== 'streams')
    throw new SignalError('loki', logql, status, 'the answer holds no log lines; is the query a metric query?');
  return (data.result ?? [])
    .flatMap(({ stream = {}, values = [] }) =>
      values.map(([time, line]) => ({ atMs: Number(BigInt(time) / 1_000n) / 1_000, line, labels: stream })),
    )
    .toSorted((left, right) => right.atMs - left.atMs);
};

/** Lines of a query of lines; of a metric query the series that have a number. */
export const countLogs = async (at: Endpoint, logql: string, { from, to, step, limit }: LogRange): Promise<number> => {
  const { status, data } = await queryRange(at, logql, { start: nanos(from), end: nanos(to), step: String(step), limit: String(limit) });
  const found = data.result ?? [];
  if (data.resultType === 'streams') return found.reduce((sum, { values = [] }) => sum + values.length, 0);
  if (data.resultType === 'matrix')
    return found.filter(({ values = [] }) => values.some(([, value]) => Number.isFinite(Number(value)))).length;
  throw new SignalError('loki', logql, status, 'the answer holds neither log lines nor series');
};
