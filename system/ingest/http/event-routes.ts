// POST /events and POST /events/batch: from raw body to answer. The body is never parsed by the framework: its text is kept exactly.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ingest, IngestAnswer } from '../ingest.ts';
import { arrayElements, ndjsonElements } from '../elements.ts';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry, RequestTrace } from '../telemetry.ts';
import { type AnswerContext, answerJson, answerRefusal } from './answer.ts';
import { type BodyFormat, checkFormat, checkIdempotencyHeader } from './request-checks.ts';

export type EventRoutesOptions = AnswerContext & {
  readonly ingest: Ingest;
  readonly telemetry: IngestTelemetry;
  readonly bodyLimitBytes: number;
  readonly batchLimitBytes: number;
  readonly batchLimitEvents: number;
};

const empty = Buffer.alloc(0);

export const addEventRoutes = (server: FastifyInstance, options: EventRoutesOptions): void => {
  server.post('/events', { bodyLimit: options.bodyLimitBytes }, (request, reply) => postEvent(request, reply, options));
  server.post('/events/batch', { bodyLimit: options.batchLimitBytes }, (request, reply) => postBatch(request, reply, options));
};

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : empty);

const postEvent = async (request: FastifyRequest, reply: FastifyReply, options: EventRoutesOptions): Promise<FastifyReply> => {
  const trace = startTrace(request, options, '/events');
  const answer = await acceptEvent(request, options, trace);
  if (answer.kind === 'refused') {
    trace?.end(statusOf(answer), []);
    return answerRefusal(reply, options, answer);
  }
  trace?.end(200, [answer.id]);
  return answerJson(reply, options, 200, withoutKind(answer));
};

const acceptEvent = (request: FastifyRequest, options: EventRoutesOptions, trace: RequestTrace | null): Promise<IngestAnswer> | Refusal => {
  const format = checkFormat(request.raw, ['json']);
  const header = checkIdempotencyHeader(request.raw);
  const refusal = typeof format === 'object' ? format : 'kind' in header ? header : null;
  if (refusal) {
    trace?.settled(null, refusal);
    return refused(options, refusal);
  }
  return options.ingest.accept(bodyOf(request), (header as { key: string | null }).key, trace);
};

const startTrace = (request: FastifyRequest, { telemetry }: EventRoutesOptions, route: string): RequestTrace | null => {
  const traceparent = request.headers['traceparent'];
  return telemetry.startTrace(route, typeof traceparent === 'string' ? traceparent : undefined);
};

const refused = ({ telemetry }: EventRoutesOptions, refusal: Refusal): Refusal => {
  telemetry.refused(refusal.code);
  return refusal;
};

/** The first few events of a sampled batch carry its trace on: a thousand links would say no more. */
const tracedEventsPerBatch = 8;

const postBatch = async (request: FastifyRequest, reply: FastifyReply, options: EventRoutesOptions): Promise<FastifyReply> => {
  const elements = readBatch(request, options);
  if ('kind' in elements) return answerRefusal(reply, options, refused(options, elements));
  const trace = startTrace(request, options, '/events/batch');
  await options.ingest.prepare(elements.length);
  const answers = await Promise.all(
    elements.map((element, index) => acceptElement(element, options, index < tracedEventsPerBatch ? trace : null)),
  );
  const refusal = sharedStorageRefusal(answers);
  trace?.end(
    refusal ? 503 : 200,
    answers.flatMap((answer) => (answer.kind === 'accepted' ? [answer.id] : [])),
  );
  if (refusal) return answerRefusal(reply, options, refusal);
  return answerJson(reply, options, 200, { results: answers.map(toItem) });
};

const readBatch = (request: FastifyRequest, { batchLimitEvents }: EventRoutesOptions): readonly Buffer[] | Refusal => {
  const format = checkFormat(request.raw, ['json', 'ndjson']);
  if (typeof format === 'object') return format;
  if (request.headers['idempotency-key'] !== undefined) {
    return refuse('invalid_idempotency_key', 'A batch takes no Idempotency-Key header: give each event an `id`.');
  }
  const elements = cut(bodyOf(request), format);
  if (elements === null)
    return refuse('invalid_json', 'The body is not a JSON array; send an array of events, or NDJSON as application/x-ndjson.');
  if (elements.length === 0) return refuse('empty_batch', 'The batch has no event.');
  if (elements.length <= batchLimitEvents) return elements;
  const message = `The batch has ${elements.length} events; at most ${batchLimitEvents} are taken. Nothing was stored: send several.`;
  return refuse('payload_too_large', message, { limit_events: batchLimitEvents });
};

const cut = (bytes: Buffer, format: BodyFormat): readonly Buffer[] | null =>
  format === 'ndjson' ? ndjsonElements(bytes) : arrayElements(bytes);

const acceptElement = async (element: Buffer, options: EventRoutesOptions, trace: RequestTrace | null): Promise<IngestAnswer> => {
  if (element.length <= options.bodyLimitBytes) return options.ingest.accept(element, null, trace);
  const message = `The event has ${element.length} bytes; at most ${options.bodyLimitBytes} are taken.`;
  const refusal = refuse('payload_too_large', message, { limit_bytes: options.bodyLimitBytes });
  trace?.settled(null, refusal);
  return refused(options, refusal);
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
