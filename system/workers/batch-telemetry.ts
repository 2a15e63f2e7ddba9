// The collector of batches: how many events, how long, how fresh; a span for each sampled event; a record for each that failed. Never a payload.
import type { SpanContext } from '@opentelemetry/api';
import { signals } from '../contract/signals.ts';
import { parseTraceparent } from '../telemetry/trace-context.ts';
import type { Spans } from '../telemetry/spans.ts';
import type { Tenure } from './checkpoint.ts';
import { otherErrorTypes } from './error-class.ts';
import { failureCodes } from './failure.ts';
import type { TracedEvent } from './processor.ts';
import { laneAttributes, type FinishedBatch, type TelemetryParts } from './telemetry-parts.ts';
import type { FailureNote } from './thread-protocol.ts';

export const collectBatches = (parts: TelemetryParts, ofEach: readonly { readonly 'faultline.processor': string }[]) => {
  const { instruments, tracer } = parts;
  const consumed = instruments.counter(signals.consumedMessages, ofEach);
  const duration = instruments.histogram(signals.processDuration);
  const freshness = instruments.histogram(signals.freshness);
  const aside = instruments.counter(signals.batchesSetAside, ofEach);
  const operation = instruments.histogram(signals.dbOperationDuration);
  const note = collectFailures(parts, ofEach);
  return {
    failed: note.failed,
    finished: (tenure: Tenure, batch: FinishedBatch): void => {
      const processor = { 'faultline.processor': tenure.processor };
      consumed.add(batch.delivered, processor);
      if (batch.setAside === true) aside.add(1, processor);
      duration.record((batch.endedAtMs - batch.startedAtMs) / 1000, processor);
      operation.record((batch.endedAtMs - batch.settledFromMs) / 1000, { 'db.operation.name': `settle ${tenure.processor}` });
      for (let index = 0; index < batch.receivedAtMs.length; index += 1)
        freshness.record(Math.max(0, batch.endedAtMs - batch.receivedAtMs[index]!) / 1000, processor);
      for (const event of batch.traced) traceEvent(tracer, tenure.processor, event, batch);
      for (const failed of batch.failures) {
        note.event(tenure, failed);
        traceFailure(tracer, tenure, failed, batch);
      }
    },
  };
};

const collectFailures = ({ instruments, logger }: TelemetryParts, ofEach: readonly { readonly 'faultline.processor': string }[]) => {
  const known = ofEach.flatMap((one) => [...failureCodes, ...otherErrorTypes].map((type) => ({ ...one, 'error.type': type })));
  const failures = instruments.counter(signals.processingFailures, known);
  return {
    failed: (tenure: Tenure, errorType: string) => failures.add(1, { 'faultline.processor': tenure.processor, 'error.type': errorType }),
    event: (tenure: Tenure, failed: FailureNote) => {
      failures.add(1, { 'faultline.processor': tenure.processor, 'error.type': failed.failure.code });
      const attributes = failureAttributes(tenure, failed);
      const { event, say } = told[failed.end];
      const record = { ...attributes, ...(failed.end === 'skipped' || failed.end === 'stopped' ? { 'faultline.policy': failed.end } : {}) };
      const level = failed.end === 'dead_letter' ? 'error' : 'warn';
      logger[level](say, record, context(event, failed.traceparent));
    },
  };
};

const told = {
  dead_letter: { event: 'faultline.event.dead_letter', say: 'event parked as a dead letter' },
  retried: { event: 'faultline.event.failed', say: 'event failed and is tried again' },
  skipped: { event: 'faultline.event.skipped', say: 'event given up, its processor skips what fails' },
  stopped: { event: 'faultline.event.failed', say: 'event failed, its processor stands still before it' },
} as const;

const failureAttributes = (tenure: Tenure, { key, position, id, failure, attempts }: FailureNote) => ({
  ...laneAttributes(tenure),
  'faultline.position': position,
  'faultline.event.id': id,
  'faultline.system_name': key.systemName,
  'faultline.object_id': key.objectId,
  'faultline.reason': failure.code,
  'faultline.attempts': attempts,
  ...(failure.errorType !== null && { 'error.type': failure.errorType }),
  'faultline.reason.message': failure.message,
});

const tableOf: Readonly<Record<string, string>> = { events: 'events', timelines: 'timeline_entries' };

/** From the request's own span, through the stream, to the row: a child of the producer's span that also links to it by the message's id. */
const traceEvent = (tracer: Spans, processor: string, event: TracedEvent, batch: FinishedBatch) => {
  const process = startConsumer(tracer, processor, event, batch);
  if (process === null) return;
  const table = tableOf[processor] ?? processor;
  const insert = tracer.start(`INSERT ${table}`, {
    kind: 'client',
    parent: process.context,
    startTime: batch.settledFromMs,
    attributes: () => ({ 'db.system.name': 'postgresql', 'db.operation.name': 'INSERT', 'db.collection.name': table }),
  });
  insert.end(undefined, batch.endedAtMs);
  process.end(undefined, batch.endedAtMs);
};

const startConsumer = (tracer: Spans, processor: string, event: TracedEvent, { startedAtMs }: FinishedBatch) => {
  const parent = parseTraceparent(event.traceparent);
  if (parent === null) return null;
  return tracer.start(`process ${processor}`, {
    kind: 'consumer',
    parent,
    startTime: startedAtMs,
    links: () => [{ context: parent, attributes: { 'messaging.message.id': String(event.id) } }],
    attributes: () => consumerAttributes(processor, event),
  });
};

/** A failed attempt has a span of its own, without a row under it. */
const traceFailure = (tracer: Spans, { processor, lane }: Tenure, failed: FailureNote, batch: FinishedBatch) => {
  if (failed.traceparent === null) return;
  const { id, position, traceparent, failure } = failed;
  const span = startConsumer(tracer, processor, { id, lane, position, traceparent }, batch);
  span?.end(Object.assign(new Error(failure.message), { code: failure.code }), batch.endedAtMs);
};

const consumerAttributes = (processor: string, { id, lane, position }: TracedEvent) => ({
  'messaging.system': 'faultline',
  'messaging.operation.type': 'process',
  'messaging.operation.name': 'process',
  'messaging.destination.name': 'events',
  'messaging.consumer.group.name': processor,
  'messaging.message.id': String(id),
  'messaging.destination.partition.id': String(lane),
  'faultline.position': position,
});

const context = (eventName: string, traceparent: string | null): { eventName: string; span?: SpanContext } => {
  const span = parseTraceparent(traceparent);
  return span === null ? { eventName } : { eventName, span };
};
