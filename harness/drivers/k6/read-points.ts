// k6's JSON output, line by line: the samples of our own metric, how many arrivals were dropped, and for a script that is not ours its http samples.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { requestMetric } from './script.ts';

export type K6Sample = {
  readonly op: number;
  /** Epoch milliseconds; k6's scripts know no finer time. */
  readonly startedAt: number;
  readonly scenarioStartedAt: number;
  readonly tookMs: number;
  /** Null: no answer. */
  readonly status: number | null;
  /** k6's own number of what went wrong: https://grafana.com/docs/k6/latest/javascript-api/error-codes/ */
  readonly errorCode: number;
  readonly retryAfter: string | null;
  readonly answer: { readonly id?: unknown; readonly duplicate?: unknown; readonly code?: unknown };
};

/** Of a script that is not ours: k6's own timing, which begins when a request is sent. */
export type K6HttpSample = {
  readonly endedAt: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly errorCode: number;
};

export type K6Output = { readonly samples: readonly K6Sample[]; readonly http: readonly K6HttpSample[]; readonly dropped: number };

type Point = {
  readonly type: string;
  readonly metric: string;
  readonly data: {
    readonly time: string;
    readonly value: number;
    readonly tags?: Readonly<Record<string, string>>;
    readonly metadata?: Readonly<Record<string, string>>;
  };
};

const wanted = [requestMetric, 'dropped_iterations', 'http_req_duration'].map((metric) => `"metric":"${metric}"`);

export const readPoints = async (file: string): Promise<K6Output> => {
  const samples: K6Sample[] = [];
  const http: K6HttpSample[] = [];
  let dropped = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    // Most lines are of other metrics; only these are worth reading.
    if (!wanted.some((metric) => line.includes(metric))) continue;
    const { type, metric, data } = JSON.parse(line) as Point;
    if (type !== 'Point') continue;
    if (metric === 'dropped_iterations') dropped += data.value;
    else if (metric === requestMetric) samples.push(toSample(data));
    else http.push(toHttpSample(data));
  }
  return { samples, http, dropped };
};

const statusOf = (text: string | undefined): number | null => (Number(text ?? 0) > 0 ? Number(text) : null);

const toSample = ({ value, metadata = {} }: Point['data']): K6Sample => ({
  op: Number(metadata['op']),
  startedAt: Number(metadata['startedAt']),
  scenarioStartedAt: Number(metadata['scenarioStartedAt']),
  tookMs: value,
  status: statusOf(metadata['status']),
  errorCode: Number(metadata['errorCode'] ?? 0),
  retryAfter: metadata['retryAfter'] === '' ? null : (metadata['retryAfter'] ?? null),
  answer: JSON.parse(metadata['answer'] ?? '{}') as K6Sample['answer'],
});

const toHttpSample = ({ time, value, tags = {} }: Point['data']): K6HttpSample => ({
  endedAt: Date.parse(time),
  tookMs: value,
  status: statusOf(tags['status']),
  errorCode: Number(tags['error_code'] ?? 0),
});

/** k6's numbers in the words of the history. */
export const codeOfK6Error = (errorCode: number): string => {
  switch (errorCode) {
    case 1050:
      return 'client_timeout';
    case 1211:
      return 'client_connect_timeout';
    case 1212:
      return 'client_connection_refused';
    case 1201:
    case 1220:
      return 'client_connection_reset';
    default:
      return `client_k6_${errorCode}`;
  }
};

/** Those that say that no connection came about: nothing can have been stored. Names that are not found (11xx) are of the kind. */
export const nothingWasSent = (errorCode: number): boolean =>
  (errorCode >= 1100 && errorCode < 1200) || (errorCode >= 1210 && errorCode <= 1213);
