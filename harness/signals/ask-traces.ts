// Looks for the traces of marked requests, a bounded number of them, and waits a little for those that are not whole yet: spans are exported in batches.
import type { Clock } from '../engine/clock.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { attempt } from './attempt.ts';
import { checkTrace } from './check-trace.ts';
import type { TraceRecord } from './check-trace.ts';
import type { SignalClient, SpanRecord } from './client.ts';
import { spread } from './spread.ts';

export type TraceQuestions = {
  readonly client: SignalClient;
  readonly traceIds: readonly string[];
  readonly consumerSpans: readonly string[];
  readonly clock: Clock;
  readonly withinMs: number;
};

const mostTraces = 50;

const askTrace = async ({ client, consumerSpans }: TraceQuestions, traceId: string): Promise<TraceRecord> => {
  const { value, error } = await attempt<readonly SpanRecord[]>(client.trace(traceId), []);
  const record = checkTrace(traceId, value, consumerSpans);
  return error === undefined ? record : { ...record, missing: [error], error };
};

export const askTraces = async (questions: TraceQuestions): Promise<readonly TraceRecord[]> => {
  const found = new Map<string, TraceRecord>();
  const open = new Set(spread([...new Set(questions.traceIds)], mostTraces));
  const askAll = async (): Promise<number> => {
    const records = await Promise.all([...open].map((traceId) => askTrace(questions, traceId)));
    for (const record of records) {
      found.set(record.traceId, record);
      if (record.complete) open.delete(record.traceId);
    }
    return open.size;
  };
  await waitUntil(askAll, (left) => left === 0, { clock: questions.clock, withinMs: questions.withinMs, everyMs: 250 });
  return [...found.values()];
};
