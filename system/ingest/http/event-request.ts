// From a request's headers: in which form its events are, how they are cut apart, and whether the body has to be inflated first.
import type { IncomingMessage } from 'node:http';
import type { ContentEncoding } from '../../contract/content-encodings.ts';
import { type EventForm, plainEvent } from '../admit.ts';
import { binaryEvent, isBinaryEvent } from '../cloudevents/binary-event.ts';
import { structuredEvent } from '../cloudevents/structured-event.ts';
import { arrayElements, ndjsonElements } from '../elements.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { type BodyFormat, checkEncoding, checkFormat, checkIdempotencyHeader } from './request-checks.ts';

export type EventRequest = { readonly form: EventForm; readonly encoding: ContentEncoding | null; readonly key: string | null };

export type BatchRequest = {
  readonly form: EventForm;
  readonly encoding: ContentEncoding | null;
  /** null: the body is not what it should be. It ends once there is one event more than `most`. */
  readonly cut: (bytes: Buffer, most: number) => readonly Buffer[] | null;
  readonly mayBeEmpty: boolean;
};

export const readEventRequest = (request: IncomingMessage): EventRequest | Refusal => {
  const form = formOf(request);
  if ('kind' in form) return form;
  const encoding = checkEncoding(request);
  if (typeof encoding === 'object' && encoding !== null) return encoding;
  const header = checkIdempotencyHeader(request);
  return 'kind' in header ? header : { form, encoding, key: header.key };
};

const structuredPrefix = 'application/cloudevents';

const formOf = (request: IncomingMessage): EventForm | Refusal => {
  const contentType = request.headers['content-type'];
  // What nearly all send, in their writing. The headers of binary mode are two look-ups, and are read only where they are.
  const isBinary = isBinaryEvent(request);
  if (contentType === 'application/json' && !isBinary) return plainEvent;
  // In structured mode the same headers may be there too, and say nothing.
  if (isBinary && !contentType?.trimStart().toLowerCase().startsWith(structuredPrefix)) return binaryEvent(request);
  const format = checkFormat(request, ['json', 'cloudevent']);
  if (typeof format === 'object') return format;
  return format === 'cloudevent' ? structuredEvent : plainEvent;
};

export const readBatchRequest = (request: IncomingMessage): BatchRequest | Refusal => {
  const format = checkFormat(request, ['json', 'ndjson', 'cloudevents']);
  if (typeof format === 'object') return format;
  const encoding = checkEncoding(request);
  if (typeof encoding === 'object' && encoding !== null) return encoding;
  if (request.headers['idempotency-key'] !== undefined) {
    return refuse('invalid_idempotency_key', 'A batch takes no Idempotency-Key header: give each event an `id`.');
  }
  if (format !== 'cloudevents' && isBinaryEvent(request)) {
    return refuse(
      'invalid_cloudevent',
      'A CloudEvent in binary mode is one event, and belongs to POST /events; a batch has its attributes in the body.',
    );
  }
  return { ...batches[format], encoding };
};

const batches: Readonly<Record<Exclude<BodyFormat, 'cloudevent'>, Omit<BatchRequest, 'encoding'>>> = {
  json: { form: plainEvent, cut: arrayElements, mayBeEmpty: false },
  ndjson: { form: plainEvent, cut: ndjsonElements, mayBeEmpty: false },
  // CloudEvents, HTTP binding, 3.3.2: "The batch MAY be empty."
  cloudevents: { form: structuredEvent, cut: arrayElements, mayBeEmpty: true },
};
