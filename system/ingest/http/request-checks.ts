// What a request's headers must say before its body is looked at.
import type { IncomingMessage } from 'node:http';
import { type ContentEncoding, contentEncodings } from '../../contract/content-encodings.ts';
import { eventLimits } from '../../contract/event-limits.ts';
import { type Refusal, refuse } from '../refusal.ts';

export type BodyFormat = 'json' | 'ndjson' | 'cloudevent' | 'cloudevents';

const formats = new Map<string, BodyFormat>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/cloudevents+json', 'cloudevent'],
  ['application/cloudevents-batch+json', 'cloudevents'],
]);

export const checkFormat = <Format extends BodyFormat>({ headers }: IncomingMessage, allowed: readonly Format[]): Format | Refusal => {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const known = formats.get(type);
  const format = allowed.find((taken) => taken === known);
  if (format === undefined) return wrongType(headers['content-type'], known, allowed);
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return format;
  return refuse('unsupported_content_type', `The charset '${charset}' is not taken: JSON is UTF-8.`);
};

const wrongType = (given: string | undefined, format: BodyFormat | undefined, allowed: readonly BodyFormat[]): Refusal => {
  const isBatch = allowed.includes('ndjson');
  const wanted = isBatch
    ? 'application/json (an array), application/x-ndjson or application/cloudevents-batch+json'
    : 'application/json or application/cloudevents+json';
  const what = given === undefined ? 'The request has no Content-Type' : `The Content-Type '${given}' is not taken`;
  const elsewhere = format === undefined ? '' : ` here; POST ${isBatch ? '/events' : '/events/batch'} takes it`;
  return refuse('unsupported_content_type', `${what}${elsewhere}: send ${wanted}.`);
};

/** null: as it is. */
export const checkEncoding = ({ headers }: IncomingMessage): ContentEncoding | null | Refusal => {
  const given = headers['content-encoding'];
  if (given === undefined) return null;
  const name = given.trim().toLowerCase();
  if (name === 'identity') return null;
  const encoding = contentEncodings.find((known) => known === (name === 'x-gzip' ? 'gzip' : name));
  if (encoding !== undefined) return encoding;
  const message = `The Content-Encoding '${given.slice(0, 64)}' is not taken: send one of ${contentEncodings.join(', ')}, or the body as it is.`;
  return refuse('unsupported_content_type', message, { encodings: contentEncodings });
};

/** The key in the header, null without one. Visible ASCII and spaces: other texts fit into `id` alone. */
export const checkIdempotencyHeader = (request: IncomingMessage): { readonly key: string | null } | Refusal => {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return { key: null };
  if (Array.isArray(key) || (key.includes(', ') && request.headersDistinct['idempotency-key']!.length > 1)) {
    return refuse('invalid_idempotency_key', 'The Idempotency-Key header is there more than once: send one.');
  }
  if (!/^[\x20-\x7e]+$/.test(key)) {
    return refuse('invalid_idempotency_key', 'The Idempotency-Key header is empty or not ASCII: give it a value, or send the key as `id`.');
  }
  if (key.length <= eventLimits.idempotencyKeyCharacters) return { key };
  const message = `The Idempotency-Key header has ${key.length} characters; at most ${eventLimits.idempotencyKeyCharacters} are taken.`;
  return refuse('invalid_idempotency_key', message);
};
