// For tests: a few entries in a store, and queries over them without HTTP.
import { labelsToRecord } from '../../promql/labels.ts';
import { readLogs } from '../../otlp/read-logs.ts';
import { createLogStore } from '../log-store.ts';
import type { LogStore } from '../log-store.ts';
import { findLines } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';
import { evaluateInstant, evaluateRange } from './metrics/evaluate.ts';
import type { Steps } from './metrics/evaluate.ts';
import type { LogQuery, MetricQuery } from './syntax/ast.ts';
import { parseLogql } from './syntax/parse.ts';
import { createTurn } from './turn.ts';

export const limits = { maxBytes: 1e6, maxEntries: 1_000, maxLineBytes: 10_000, maxAgeMs: 1e6 };

const still = () => createTurn({ nowMs: () => 0, timeoutMs: 1e6, sliceMs: 1e6 });

export const record = (second: number, body: string, severityNumber: number, more: object = {}) => ({
  timeUnixNano: String(second * 1e9),
  body: { stringValue: body },
  severityNumber,
  ...more,
});

export const resource = (service: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: service } }] });

/** All lines of one service `app`, one a second from the first second on. */
export const storeOf = (...lines: readonly string[]): LogStore => {
  const store = createLogStore(limits);
  const logRecords = lines.map((line, at) => record(at + 1, line, 0));
  store.add(readLogs({ resourceLogs: [{ resource: resource('app'), scopeLogs: [{ logRecords }] }] }), 0);
  return store;
};

export const linesOf = async (store: LogStore, query: string, startSecond = 0, endSecond = 1_000): Promise<readonly LogLine[]> => {
  const window = {
    startNano: BigInt(startSecond) * 1_000_000_000n,
    endNano: BigInt(endSecond) * 1_000_000_000n,
    direction: 'forward' as const,
    limit: 1_000,
    intervalNano: 0n,
  };
  return findLines(parseLogql(query) as LogQuery, store, window, still());
};

/** Of the only line that is found: what the stages have added to its labels. */
export const parsedOf = async (line: string, stages: string): Promise<Readonly<Record<string, string>>> => {
  const [found] = await linesOf(storeOf(line), `{service_name="app"} ${stages}`);
  return Object.fromEntries(found?.labels.parsed ?? []);
};

export const vectorOf = async (store: LogStore, query: string, atSecond: number) => {
  const steps = { startMs: atSecond * 1_000, endMs: atSecond * 1_000, stepMs: 1 };
  const vector = await evaluateInstant(parseLogql(query) as MetricQuery, { steps, source: store, turn: still(), maxSeries: 100 });
  return vector.map(({ labels, value }) => [labelsToRecord(labels), value] as const);
};

export const matrixOf = async (store: LogStore, query: string, steps: Steps) => {
  const series = await evaluateRange(parseLogql(query) as MetricQuery, { steps, source: store, turn: still(), maxSeries: 100 });
  return series.map(({ labels, points }) => [labelsToRecord(labels), points] as const);
};
