// POST /events and POST /events/batch: from raw body to answer. The body is never parsed by the framework: its text is kept exactly.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessOf } from '../../access/guard-routes.ts';
import type { Ingest, IngestAnswer } from '../ingest.ts';
import type { EventForm } from '../admit.ts';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry, RequestTrace } from '../telemetry.ts';
import { type AnswerContext, answerJson, answerRefusal } from './answer.ts';
import { type BatchRequest, readBatchRequest, readEventRequest } from './event-request.ts';
import { createInflate, type Inflate } from './inflate.ts';
import { createLargeBodies } from './large-bodies.ts';

export type EventRoutesOptions = AnswerContext & {
  readonly ingest: Ingest;
  readonly telemetry: IngestTelemetry;
  readonly bodyLimitBytes: number;
  readonly batchLimitBytes: number;
  readonly batchLimitEvents: number;
  readonly bodiesLimitBytes: number;
};

type RouteOptions = EventRoutesOptions & { readonly inflate: Inflate };

const empty = Buffer.alloc(0);

export const addEventRoutes = (server: FastifyInstance, given: EventRoutesOptions): void => {
  const { ingest, bodyLimitBytes, batchLimitBytes } = given;
  // As in the queue itself: an empty one takes any.
  const hasRoom = (bytes: number) => ingest.queueBytes() === 0 || ingest.queueBytes() + bytes <= ingest.queueLimitBytes;
  const options: RouteOptions = { ...given, inflate: createInflate({ hasRoom }) };
  const onRequest = createLargeBodies(given);
  server.post('/events', { bodyLimit: bodyLimitBytes, onRequest }, (request, reply) => postEvent(request, reply, options));
  server.post('/events/batch', { bodyLimit: batchLimitBytes, onRequest }, (request, reply) => postBatch(request, reply, options));
};

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : empty);

const postEvent = async (request: FastifyRequest, reply: FastifyReply, options: RouteOptions): Promise<FastifyReply> => {
  const trace = startTrace(request, options, '/events');
  const answer = await acceptEvent(request, options, trace);
  if (answer.kind === 'refused') {
    trace?.end(statusOf(answer), []);
    return answerRefusal(reply, options, answer);
  }
  trace?.end(200, [answer.id]);
  return answerJson(reply, options, 200, withoutKind(answer));
};

const acceptEvent = (request: FastifyRequest, options: RouteOptions, trace: RequestTrace | null): Promise<IngestAnswer> | Refusal => {
  const read = readEventRequest(request.raw);
  if ('kind' in read) return refuseUnread(read, options, trace);
  const { form, key, encoding } = read;
  const { tenant } = accessOf(request);
  if (encoding === null) return options.ingest.accept(tenant, bodyOf(request), key, trace, form);
  return options.inflate(bodyOf(request), encoding, options.bodyLimitBytes).then((bytes) => {
    if ('kind' in bytes) return refuseUnread(bytes, options, trace);
    return options.ingest.accept(tenant, bytes, key, trace, form);
  });
};

const refuseUnread = (refusal: Refusal, options: RouteOptions, trace: RequestTrace | null): Refusal => {
  trace?.settled(null, refusal);
  return refused(options, refusal);
};

const startTrace = (request: FastifyRequest, { telemetry }: RouteOptions, route: string): RequestTrace | null => {
  const traceparent = request.headers['traceparent'];
  return telemetry.startTrace(route, typeof traceparent === 'string' ? traceparent : undefined);
};

const refused = ({ telemetry }: RouteOptions, refusal: Refusal): Refusal => {
  telemetry.refused(refusal.code);
  return refusal;
};

/** The first few events of a sampled batch carry its trace on: a thousand links would say no more. */
const tracedEventsPerBatch = 8;

const postBatch = async (request: FastifyRequest, reply: FastifyReply, options: RouteOptions): Promise<FastifyReply> => {
  const batch = await readBatch(request, options);
  if ('kind' in batch) return answerRefusal(reply, options, refused(options, batch));
  const { elements, form } = batch;
  const { tenant } = accessOf(request);
  const trace = startTrace(request, options, '/events/batch');
  await options.ingest.prepare(elements.length);
  const answers = await Promise.all(
    elements.map((element, index) => acceptElement(tenant, element, form, options, index < tracedEventsPerBatch ? trace : null)),
  );
  const refusal = sharedStorageRefusal(answers);
  trace?.end(
    refusal ? 503 : 200,
    answers.flatMap((answer) => (answer.kind === 'accepted' ? [answer.id] : [])),
  );
  if (refusal) return answerRefusal(reply, options, refusal);
  return answerJson(reply, options, 200, { results: answers.map(toItem) });
};

type Batch = { readonly elements: readonly Buffer[]; readonly form: EventForm };

const readBatch = async (request: FastifyRequest, options: RouteOptions): Promise<Batch | Refusal> => {
  const read = readBatchRequest(request.raw);
  if ('kind' in read) return read;
  const body = bodyOf(request);
  const bytes = read.encoding === null ? body : await options.inflate(body, read.encoding, options.batchLimitBytes);
  return 'kind' in bytes ? bytes : cutBatch(bytes, read, options);
};

const cutBatch = (bytes: Buffer, { cut, form, mayBeEmpty }: BatchRequest, { batchLimitEvents }: RouteOptions): Batch | Refusal => {
  const elements = cut(bytes);
  if (elements === null)
    return refuse('invalid_json', 'The body is not a JSON array; send an array of events, or NDJSON as application/x-ndjson.');
  if (elements.length === 0 && !mayBeEmpty) return refuse('empty_batch', 'The batch has no event.');
  if (elements.length <= batchLimitEvents) return { elements, form };
  const message = `The batch has ${elements.length} events; at most ${batchLimitEvents} are taken. Nothing was stored: send several.`;
  return refuse('payload_too_large', message, { limit_events: batchLimitEvents });
};

const acceptElement = async (
  tenant: string,
  element: Buffer,
  form: EventForm,
  options: RouteOptions,
  trace: RequestTrace | null,
): Promise<IngestAnswer> => {
  if (element.length <= options.bodyLimitBytes) return options.ingest.accept(tenant, element, null, trace, form);
  const message = `The event has ${element.length} bytes; at most ${options.bodyLimitBytes} are taken.`;
  const refusal = refuse('payload_too_large', message, { limit_bytes: options.bodyLimitBytes });
  return refuseUnread(refusal, options, trace);
};

/** The whole answers 503 only where no item was committed and the reason is the same for all. */
const sharedStorageRefusal = (answers: readonly IngestAnswer[]): Refusal | null => {
  const first = answers[0];
  if (first?.kind !== 'refused' || statusOf(first) !== 503) return null;
  return answers.every((answer) => answer.kind === 'refused' && answer.code === first.code) ? first : null;
};

const toItem = (answer: IngestAnswer): unknown =>
  answer.kind === 'refused' ? { status: statusOf(answer), ...errorBody(answer) } : { status: 200, ...withoutKind(answer) };

const withoutKind = ({ id, duplicate, event_time_source, idempotency_key }: Extract<IngestAnswer, { kind: 'accepted' }>) => ({
  id,
  duplicate,
  event_time_source,
  idempotency_key,
});
