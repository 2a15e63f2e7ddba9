// What the log says of single events: of those whose requests were marked, and of dead letters. Asked for by the event's id and never by the trace's, so that a
// record that lost its trace id is found all the same; some of the traces that the records name are looked up, since an id that leads nowhere is no help.
import type { Clock } from '../engine/clock.ts';
import type { EventLogs } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { attempt } from './attempt.ts';
import type { SignalClient, SpanRecord } from './client.ts';
import { spread } from './spread.ts';
import type { RunScope } from './substitute.ts';
import { runPipeline } from './substitute.ts';
import type { TargetSignals } from './target-signals.ts';

export type MarkedEvent = { readonly id: number; readonly traceId: string };

export type EventLogQuestions = {
  readonly client: SignalClient;
  readonly scope: RunScope;
  readonly signals: TargetSignals;
  readonly marked: readonly MarkedEvent[];
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly clock: Clock;
  /** Records are exported in batches: how long to wait for those of the marked events. */
  readonly withinMs: number;
};

type LogRecord = EventLogs['records'][number];
type Answer = { readonly query: string; readonly records: readonly LogRecord[]; readonly error?: string };

const mostEvents = 50;
const mostLines = 2_000;
const mostTraces = 20;

const pipelineOf = ({ scope }: EventLogQuestions, filters: string): string => `{service_name=~".+"}${runPipeline(scope)} | ${filters}`;

const askRecords = async (questions: EventLogQuestions, filters: string): Promise<Answer> => {
  const { client, signals, fromSeconds, toSeconds } = questions;
  const query = pipelineOf(questions, filters);
  const { value, error } = await attempt<Awaited<ReturnType<SignalClient['logs']>>>(
    client.logs(query, fromSeconds, toSeconds, mostLines),
    [],
  );
  const records = value.map(({ line, labels }) => ({
    eventId: Number(labels[signals.eventIdLabel]),
    traceId: labels['trace_id'] ?? null,
    spanId: labels['span_id'] ?? null,
    service: labels['service_name'] ?? '',
    severity: labels['severity_text'] ?? '',
    line,
  }));
  return { query, records, ...(error === undefined ? {} : { error }) };
};

/**
 * Not of later deliveries: those were traced, or not, on their own. The anchors say nothing new, but keep Loki from taking `213|274` for a search for either
 * text anywhere in the label, where 1213 is found too.
 */
const ofEvents = ({ signals }: EventLogQuestions, ids: readonly number[]): string =>
  `${signals.eventIdLabel}=~"^(?:${ids.join('|')})$" | ${signals.duplicateLabel}!="true"`;

const askEvents = async (questions: EventLogQuestions, ids: readonly number[]): Promise<Answer> => {
  const answer = await askRecords(questions, ofEvents(questions, ids));
  const asked = new Set(ids);
  return { ...answer, records: answer.records.filter(({ eventId }) => asked.has(eventId)) };
};

const askMarked = async (questions: EventLogQuestions, ids: readonly number[]): Promise<Answer> => {
  let answer: Answer = { query: '', records: [] };
  const ask = async (): Promise<boolean> => {
    answer = await askEvents(questions, ids);
    const seen = new Set(answer.records.map(({ eventId }) => eventId));
    return ids.every((id) => seen.has(id));
  };
  await waitUntil(ask, (areAllThere) => areAllThere, { clock: questions.clock, withinMs: questions.withinMs, everyMs: 250 });
  return answer;
};

const askTrace = async (client: SignalClient, traceId: string, spanId: string): Promise<EventLogs['traces'][number]> => {
  const { value, error } = await attempt<readonly SpanRecord[]>(client.trace(traceId), []);
  const found = value.some((span) => span.spanId === spanId);
  return { traceId, spanId, found, ...(error === undefined ? {} : { error }) };
};

const askTracesOf = ({ client }: EventLogQuestions, records: readonly LogRecord[]): Promise<EventLogs['traces']> => {
  const spans = new Map(
    records.flatMap(({ traceId, spanId }) =>
      traceId === null || spanId === null ? [] : [[`${traceId}/${spanId}`, { traceId, spanId }] as const],
    ),
  );
  return Promise.all(spread([...spans.values()], mostTraces).map(({ traceId, spanId }) => askTrace(client, traceId, spanId)));
};

export const askEventLogs = async (questions: EventLogQuestions): Promise<EventLogs> => {
  const marked = spread(questions.marked, mostEvents).map(({ id }) => id);
  const [ofMarked, ofDead] = await Promise.all([
    marked.length === 0 ? null : askMarked(questions, marked),
    askRecords(questions, questions.signals.deadLetterLogs),
  ]);
  const dead = spread([...new Set(ofDead.records.map(({ eventId }) => eventId))], mostEvents);
  const ofDeadToo = dead.length === 0 ? null : await askEvents(questions, dead);
  const answers = [ofMarked, ofDeadToo].filter((answer) => answer !== null);
  const records = answers.flatMap((answer) => answer.records);
  const error = [ofDead, ...answers].find((answer) => answer.error !== undefined)?.error;
  return {
    queries: [ofDead, ...answers].map(({ query }) => query),
    asked: [...marked, ...dead],
    records,
    traces: await askTracesOf(questions, records),
    ...(error === undefined ? {} : { error }),
  };
};
