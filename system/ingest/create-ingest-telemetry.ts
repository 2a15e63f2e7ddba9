// The ingest's telemetry on real instruments, spans and logs. What is not sampled costs a comparison.
import type { SpanContext } from '@opentelemetry/api';
import { ownLabels, type TenantLabels } from '../access/tenant-labels.ts';
import { errorCodes, type ErrorCodeName } from '../contract/error-codes.ts';
import { type SchemaAction, schemaActions, type SchemaVerdict, schemaVerdicts } from '../contract/schemas.ts';
import { signals } from '../contract/signals.ts';
import { isSystemError } from '../contract/system-error.ts';
import { errorAttributes } from '../telemetry/error-attributes.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Spans, StartedSpan } from '../telemetry/spans.ts';
import type { Telemetry } from '../telemetry/start-telemetry.ts';
import { parseTraceparent } from '../telemetry/trace-context.ts';
import { createRefusalLog } from './refusal-log.ts';
import { createTroubleLog } from './trouble-log.ts';
import type { IngestTelemetry, RequestTrace, TracedKey, TracedOutcome } from './telemetry.ts';

export const createIngestTelemetry = (
  telemetry: Telemetry,
  now: () => number,
  scheme: 'http' | 'https' = 'http',
  labels: TenantLabels = ownLabels,
): IngestTelemetry => {
  const { instruments, logger } = telemetry;
  const spans = telemetry.tracer('faultline.ingest');
  const codes = Object.keys(errorCodes) as ErrorCodeName[];
  const sendOf = createSendAttributes();
  const sent = instruments.counter(signals.sentMessages);
  const refused = instruments.counter(
    signals.ingestRefused,
    codes.map((code) => refusedOf(code, null)),
  );
  const found = instruments.counter(
    signals.schemaFindings,
    schemaVerdicts.flatMap((verdict) =>
      schemaActions.filter((action) => action !== 'accept').map((action) => schemaLabels(verdict, action)),
    ),
  );
  const greeted = new Set<string>();
  /** A tenant that is heard of for the first time stands at 0 in all its series, so that what comes next is seen to grow. */
  const labelOf = (tenant: string): string => {
    const label = labels.of(tenant);
    if (greeted.has(label)) return label;
    greeted.add(label);
    sent.add(0, sendOf(label));
    for (const code of codes) refused.add(0, refusedOf(code, label));
    return label;
  };
  for (const label of labels.all()) labelOf(label);
  const requestDuration = instruments.histogram(signals.httpServerDuration);
  const flushDuration = instruments.histogram(signals.ingestFlushDuration);
  const flushEvents = instruments.histogram(signals.ingestFlushEvents);
  const trouble = createTroubleLog(logger, now);
  const refusals = createRefusalLog(logger, now);
  return {
    startTrace: (route, traceparent) => startTrace(spans, logger, { route, scheme }, traceparent),
    requestEnded: ({ method, route, status, seconds, tenant, error }) =>
      requestDuration.record(seconds, {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        ...(error !== null && { 'error.type': error }),
        ...(tenant !== null && { 'faultline.tenant': labelOf(tenant) }),
      }),
    refused: (code, tenant = null) => {
      refused.add(1, refusedOf(code, tenant === null ? null : labelOf(tenant)));
      refusals.refused(code);
    },
    schemaFound: (verdict, action) => found.add(1, schemaLabels(verdict, action)),
    sent: (tenant) => sent.add(1, sendOf(labelOf(tenant))),
    flushed: (seconds, events) => {
      flushDuration.record(seconds);
      flushEvents.record(events);
    },
    committed: trouble.over,
    appendFailed: (error, events) => {
      if (isSystemError(error) && error.code === 'FL_STREAM_CONTENDED') return;
      trouble.failed(error, events);
    },
    defect: (error, where) => logger.error(`a defect at ${where}`, { ...errorAttributes(error) }),
  };
};

const schemaLabels = (verdict: SchemaVerdict, action: SchemaAction) => ({
  'faultline.schema.verdict': verdict,
  'faultline.schema.action': action,
});

type SendAttributes = { readonly 'messaging.operation.name': 'send'; readonly 'faultline.tenant': string };

/** The same object each time: this is asked for each event. */
const createSendAttributes = () => {
  const made = new Map<string, SendAttributes>();
  return (label: string): SendAttributes => {
    const known = made.get(label);
    if (known !== undefined) return known;
    made.set(label, { 'messaging.operation.name': 'send', 'faultline.tenant': label });
    return made.get(label)!;
  };
};

/** null: nobody knows whose it was. */
const refusedOf = (code: ErrorCodeName, label: string | null) =>
  label === null ? { 'error.code': code } : { 'error.code': code, 'faultline.tenant': label };

type Place = { readonly route: string; readonly scheme: 'http' | 'https' };

const startTrace = (spans: Spans, logger: Logger, { route, scheme }: Place, traceparent: string | undefined): RequestTrace | null => {
  const server = spans.start(`POST ${route}`, {
    kind: 'server',
    parent: parseTraceparent(traceparent),
    attributes: () => ({ 'http.request.method': 'POST', 'http.route': route, 'url.path': route, 'url.scheme': scheme }),
  });
  if (!server.recording) return null;
  const producer = spans.start('send events', {
    kind: 'producer',
    parent: server.context,
    attributes: () => ({
      'messaging.system': 'faultline',
      'messaging.destination.name': 'events',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'send',
    }),
  });
  return {
    traceparent: producer.traceparent ?? '',
    settled: (event, outcome) => logSettled(logger, producer.context, event, outcome),
    end: (status, ids) => endTrace(server, producer, status, ids),
  };
};

/** The way from what a customer knows (their order's number) to the trace. Of sampled requests alone, so it is bounded as the traces are. */
const logSettled = (logger: Logger, span: SpanContext, event: TracedKey | null, outcome: TracedOutcome): void => {
  const key = event === null ? {} : { 'faultline.system_name': event.systemName, 'faultline.object_id': event.objectId };
  if (outcome.kind === 'accepted') {
    const duplicate = outcome.duplicate ? { 'faultline.duplicate': true } : {};
    const attributes = { ...key, 'faultline.event.id': outcome.id, ...duplicate };
    return logger.info('event accepted', attributes, { eventName: 'faultline.event.accepted', span });
  }
  const { code, message } = outcome;
  // A 4xx is the client's error; a 5xx is ours to look at.
  const log = errorCodes[code].status >= 500 ? logger.warn : logger.info;
  log('event refused', { ...key, 'error.code': code, 'faultline.reason.message': message }, { eventName: 'faultline.event.refused', span });
};

const endTrace = (server: StartedSpan, producer: StartedSpan, status: number, ids: readonly number[]): void => {
  producer.setAttributes(() =>
    ids.length === 1 ? { 'messaging.message.id': String(ids[0]) } : { 'messaging.batch.message_count': ids.length },
  );
  server.setAttributes(() => ({ 'http.response.status_code': status }));
  producer.end();
  // By the conventions a 4xx is the client's error, not the server's.
  server.end(status >= 500 ? new Error(`answered ${status}`) : undefined);
};
