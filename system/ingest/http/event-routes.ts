// POST /events and POST /events/batch: from raw body to answer. The body is never parsed by the framework: its text is kept exactly.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessOf } from '../../access/guard-routes.ts';
import type { ContentEncoding } from '../../contract/content-encodings.ts';
import type { Ingest, IngestAnswer } from '../ingest.ts';
import type { EventForm } from '../admit.ts';
import { errorBody, type Refusal, refuse, statusOf } from '../refusal.ts';
import type { IngestTelemetry, RequestTrace } from '../telemetry.ts';
import { createRepeats, type Repeats } from '../repeats.ts';
import { type AnswerContext, answerJson, answerRefusal } from './answer.ts';
import { type BatchRequest, readBatchRequest, readEventRequest } from './event-request.ts';
import { createInflate, type Inflate } from './inflate.ts';
import { type BodyWork, createLargeBodies, type LargeBodies, smallBytes, tooManyBodies } from './large-bodies.ts';

export type EventRoutesOptions = AnswerContext & {
  readonly ingest: Ingest;
  readonly telemetry: IngestTelemetry;
  readonly bodyLimitBytes: number;
  readonly batchLimitBytes: number;
  readonly batchLimitEvents: number;
  readonly bodiesLimitBytes: number;
  readonly isShared: () => boolean;
};

type RouteOptions = EventRoutesOptions & { readonly inflate: Inflate; readonly bodies: LargeBodies };

const empty = Buffer.alloc(0);

export const addEventRoutes = (server: FastifyInstance, given: EventRoutesOptions): void => {
  const { ingest, bodyLimitBytes, batchLimitBytes } = given;
  // As in the queue itself: an empty one takes any.
  const hasRoom = (bytes: number) => ingest.queueBytes() === 0 || ingest.queueBytes() + bytes <= ingest.queueLimitBytes;
  const options: RouteOptions = { ...given, inflate: createInflate({ hasRoom }), bodies: createLargeBodies(given) };
  const onRequest = [refuseEarly(options), options.bodies.claim];
  server.post('/events', { bodyLimit: bodyLimitBytes, onRequest }, working(postEvent, options));
  server.post('/events/batch', { bodyLimit: batchLimitBytes, onRequest }, working(postBatch, options));
};

type Post = (request: FastifyRequest, reply: FastifyReply, work: BodyWork, options: RouteOptions) => Promise<FastifyReply>;

const working =
  (post: Post, options: RouteOptions) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    using work = options.bodies.work(request);
    return await post(request, reply, work, options);
  };

/** What is over its quota is not read first. */
const refuseEarly =
  (options: RouteOptions) =>
  (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const { tenant } = accessOf(request);
    const refusal = options.ingest.refusalOf(tenant);
    if (refusal === null) return done();
    options.telemetry.refused(refusal.code, tenant);
    answerRefusal(reply, options, refusal);
  };

const bodyOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : empty);

const postEvent: Post = async (request, reply, work, options) => {
  const trace = startTrace(request, options, '/events');
  const answer = await acceptEvent(request, work, options, trace);
  if (answer.kind === 'refused') {
    trace?.end(statusOf(answer), []);
    return answerRefusal(reply, options, answer);
  }
  trace?.end(200, [answer.id]);
  return answerJson(reply, options, 200, withoutKind(answer));
};

const acceptEvent = (
  request: FastifyRequest,
  work: BodyWork,
  options: RouteOptions,
  trace: RequestTrace | null,
): Promise<IngestAnswer> | Refusal => {
  const { tenant } = accessOf(request);
  const read = readEventRequest(request.raw);
  if ('kind' in read) return refuseUnread(tenant, read, options, trace);
  const { form, key, encoding } = read;
  if (encoding === null) return options.ingest.accept(tenant, bodyOf(request), key, trace, form);
  return inflateBody(bodyOf(request), encoding, options.bodyLimitBytes, work, options).then((bytes) => {
    if ('kind' in bytes) return refuseUnread(tenant, bytes, options, trace);
    return options.ingest.accept(tenant, bytes, key, trace, form);
  });
};

/** What it inflates to is held beside what came, where it is large. */
const inflateBody = async (
  body: Buffer,
  encoding: ContentEncoding,
  limitBytes: number,
  work: BodyWork,
  { inflate }: RouteOptions,
): Promise<Buffer | Refusal> => {
  const bytes = await inflate(body, encoding, limitBytes);
  if ('kind' in bytes || bytes.length < smallBytes) return bytes;
  return work.cover(body.length + bytes.length) ? bytes : tooManyBodies();
};

const refuseUnread = (tenant: string, refusal: Refusal, options: RouteOptions, trace: RequestTrace | null): Refusal => {
  trace?.settled(null, refusal);
  return refused(tenant, options, refusal);
};

const startTrace = (request: FastifyRequest, { telemetry }: RouteOptions, route: string): RequestTrace | null => {
  const traceparent = request.headers['traceparent'];
  return telemetry.startTrace(route, typeof traceparent === 'string' ? traceparent : undefined);
};

const refused = (tenant: string, { telemetry }: RouteOptions, refusal: Refusal): Refusal => {
  telemetry.refused(refusal.code, tenant);
  return refusal;
};

/** The first few events of a sampled batch carry its trace on: a thousand links would say no more. */
const tracedEventsPerBatch = 8;

const postBatch: Post = async (request, reply, work, options) => {
  const { tenant } = accessOf(request);
  const batch = await readBatch(request, work, options);
  if ('kind' in batch) return answerRefusal(reply, options, refused(tenant, options, batch));
  const { elements, form, heldBytes } = batch;
  const prepared = options.ingest.prepare(elements.length);
  // What waits is in no queue yet, and may wait long: then small bodies count, too.
  if (prepared !== null && !work.cover(heldBytes)) return answerRefusal(reply, options, refused(tenant, options, tooManyBodies()));
  const trace = startTrace(request, options, '/events/batch');
  await prepared;
  const of = { form, repeats: createRepeats() };
  const answers = await Promise.all(
    elements.map((element, index) => acceptElement(tenant, element, of, options, index < tracedEventsPerBatch ? trace : null)),
  );
  const refusal = sharedRefusal(answers);
  trace?.end(
    refusal ? statusOf(refusal) : 200,
    answers.flatMap((answer) => (answer.kind === 'accepted' ? [answer.id] : [])),
  );
  if (refusal) return answerRefusal(reply, options, refusal);
  return answerJson(reply, options, 200, { results: answers.map(toItem) });
};

type Batch = {
  readonly elements: readonly Buffer[];
  readonly form: EventForm;
  /** Of the body as it came, and as it was inflated. */
  readonly heldBytes: number;
};

const readBatch = async (request: FastifyRequest, work: BodyWork, options: RouteOptions): Promise<Batch | Refusal> => {
  const read = readBatchRequest(request.raw);
  if ('kind' in read) return read;
  const body = bodyOf(request);
  const bytes = read.encoding === null ? body : await inflateBody(body, read.encoding, options.batchLimitBytes, work, options);
  if ('kind' in bytes) return bytes;
  const cut = cutBatch(bytes, read, options);
  return 'kind' in cut ? cut : { ...cut, heldBytes: bytes === body ? body.length : body.length + bytes.length };
};

const cutBatch = (
  bytes: Buffer,
  { cut, form, mayBeEmpty }: BatchRequest,
  { batchLimitEvents }: RouteOptions,
): Omit<Batch, 'heldBytes'> | Refusal => {
  const elements = cut(bytes, batchLimitEvents);
  if (elements === null)
    return refuse('invalid_json', 'The body is not a JSON array; send an array of events, or NDJSON as application/x-ndjson.');
  if (elements.length === 0 && !mayBeEmpty) return refuse('empty_batch', 'The batch has no event.');
  if (elements.length <= batchLimitEvents) return { elements, form };
  const message = `The batch has more than ${batchLimitEvents} events, the most that are taken. Nothing was stored: send several.`;
  return refuse('payload_too_large', message, { limit_events: batchLimitEvents });
};

const acceptElement = async (
  tenant: string,
  element: Buffer,
  { form, repeats }: { readonly form: EventForm; readonly repeats: Repeats },
  options: RouteOptions,
  trace: RequestTrace | null,
): Promise<IngestAnswer> => {
  if (element.length <= options.bodyLimitBytes) return options.ingest.accept(tenant, element, null, trace, form, repeats);
  const message = `The event has ${element.length} bytes; at most ${options.bodyLimitBytes} are taken.`;
  const refusal = refuse('payload_too_large', message, { limit_bytes: options.bodyLimitBytes });
  return refuseUnread(tenant, refusal, options, trace);
};

const isForAll: ReadonlySet<number> = new Set([429, 503]);

/** The whole answers 503 or 429 only where no item was committed and the reason is the same for all. */
const sharedRefusal = (answers: readonly IngestAnswer[]): Refusal | null => {
  const refusals = answers.filter((answer) => answer.kind === 'refused');
  const last = refusals.at(-1);
  if (last === undefined || refusals.length < answers.length || !isForAll.has(statusOf(last))) return null;
  return refusals.every(({ code }) => code === last.code) ? last : null;
};

const toItem = (answer: IngestAnswer): unknown =>
  answer.kind === 'refused' ? { status: statusOf(answer), ...errorBody(answer) } : { status: 200, ...withoutKind(answer) };

const withoutKind = ({ id, duplicate, event_time_source, idempotency_key, schema }: Extract<IngestAnswer, { kind: 'accepted' }>) => ({
  id,
  duplicate,
  event_time_source,
  idempotency_key,
  ...(schema !== undefined && { schema }),
});
