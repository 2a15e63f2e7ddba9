// Whether a trace leads from the request through the stream to the rows: SERVER, PRODUCER, and for every processor a CONSUMER that is linked to the
// producer, with a database span under it. Pure.
import type { SignalsRecord } from '../engine/run-data.ts';
import type { SpanRecord } from './client.ts';

export type TraceRecord = SignalsRecord['traces'][number];

const isLinkedTo = (span: SpanRecord, producers: readonly SpanRecord[]): boolean =>
  span.links.some((link) => producers.some((producer) => producer.traceId === link.traceId && producer.spanId === link.spanId));

const isDatabase = (span: SpanRecord): boolean =>
  span.kind === 'client' && Object.keys(span.attributes).some((name) => name.startsWith('db.'));

const missingOf = (name: string, spans: readonly SpanRecord[], producers: readonly SpanRecord[]): readonly string[] => {
  const consumers = spans.filter((span) => span.kind === 'consumer' && span.name === name);
  if (consumers.length === 0) return [`CONSUMER ${name}`];
  const linked = consumers.filter((consumer) => isLinkedTo(consumer, producers));
  if (linked.length === 0) return [`link from ${name} to its producer`];
  const hasRow = linked.some((consumer) => spans.some((span) => isDatabase(span) && span.parentSpanId === consumer.spanId));
  return hasRow ? [] : [`database span under ${name}`];
};

export const checkTrace = (traceId: string, spans: readonly SpanRecord[], consumerSpans: readonly string[]): TraceRecord => {
  const producers = spans.filter(({ kind }) => kind === 'producer');
  const missing = [
    ...(spans.some(({ kind }) => kind === 'server') ? [] : ['SERVER']),
    ...(producers.length > 0 ? [] : ['PRODUCER']),
    ...consumerSpans.flatMap((name) => missingOf(name, spans, producers)),
  ];
  return {
    traceId,
    spans: spans.map((span) => ({ name: span.name, kind: span.kind, service: span.service, linked: isLinkedTo(span, producers) })),
    complete: missing.length === 0,
    missing,
  };
};
