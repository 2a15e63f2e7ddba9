// k6's JSON output, line by line: the samples of our own metric, how many arrivals were dropped, and for a script that is not ours its http samples.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readPoint, statusOf, type Point } from './point.ts';
import { requestMetric } from './script.ts';

export type K6Sample = {
  readonly op: number;
  /** Epoch milliseconds; k6's scripts know no finer time. */
  readonly startedAt: number;
  readonly scenarioStartedAt: number;
  readonly tookMs: number;
  /** Null: no answer. */
  readonly status: number | null;
  readonly errorCode: number;
};

/** Of a script that is not ours: k6's own timing, which begins when a request is sent. */
export type K6HttpSample = {
  readonly endedAt: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly errorCode: number;
};

export type K6Output = { readonly samples: readonly K6Sample[]; readonly http: readonly K6HttpSample[]; readonly dropped: number };

const wanted = [requestMetric, 'dropped_iterations', 'http_req_duration'] as const;

export const readPoints = async (file: string): Promise<K6Output> => {
  const samples: K6Sample[] = [];
  const http: K6HttpSample[] = [];
  let dropped = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const point = readPoint(line, wanted);
    if (point === null) continue;
    if (point.metric === 'dropped_iterations') dropped += point.data.value;
    else if (point.metric === requestMetric) samples.push(toSample(point.data));
    else http.push(toHttpSample(point.data));
  }
  return { samples, http, dropped };
};

const toSample = ({ value, metadata = {} }: Point['data']): K6Sample => ({
  op: Number(metadata['op']),
  startedAt: Number(metadata['startedAt']),
  scenarioStartedAt: Number(metadata['scenarioStartedAt']),
  tookMs: value,
  status: statusOf(metadata['status']),
  errorCode: Number(metadata['errorCode'] ?? 0),
});

const toHttpSample = ({ time, value, tags = {} }: Point['data']): K6HttpSample => ({
  endedAt: Date.parse(time),
  tookMs: value,
  status: statusOf(tags['status']),
  errorCode: Number(tags['error_code'] ?? 0),
});
