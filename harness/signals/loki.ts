// Loki's HTTP API, from the asking side.
import { ask, type Endpoint } from './ask.ts';
import { SignalError } from './signal-error.ts';

export type LogLine = { readonly atMs: number; readonly line: string; readonly labels: Readonly<Record<string, string>> };

type RawStream = { readonly stream: Readonly<Record<string, string>>; readonly values: readonly (readonly [string, string])[] };
type RawAnswer = { readonly data?: { readonly resultType?: string; readonly result?: readonly RawStream[] } };

const nanos = (seconds: number): string => `${BigInt(Math.round(seconds * 1_000)) * 1_000_000n}`;

/** Lines from `from` (inclusive) to `to` (exclusive), newest first, at most `limit`. */
export const queryLogs = async (at: Endpoint, logql: string, from: number, to: number, limit: number): Promise<readonly LogLine[]> => {
  const parameters = new URLSearchParams({ query: logql, start: nanos(from), end: nanos(to), limit: String(limit), direction: 'backward' });
  const { status, body } = await ask({
    ...at,
    backend: 'loki',
    url: `${at.url}/loki/api/v1/query_range?${parameters.toString()}`,
    asked: logql,
  });
  const { data } = (body ?? {}) as RawAnswer;
  if (data?.resultType !== 'streams')
    throw new SignalError('loki', logql, status, 'the answer holds no log lines; is the query a metric query?');
  return (data.result ?? [])
    .flatMap(({ stream, values }) => values.map(([time, line]) => ({ atMs: Number(BigInt(time) / 1_000n) / 1_000, line, labels: stream })))
    .toSorted((left, right) => right.atMs - left.atMs);
};
