// What a request's headers must say before its body is looked at.
import type { IncomingMessage } from 'node:http';
import { eventLimits } from '../../contract/event.ts';
import { type Refusal, refuse } from '../refusal.ts';

export type BodyFormat = 'json' | 'ndjson';

const formats = new Map<string, BodyFormat>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
]);

export const checkFormat = ({ headers }: IncomingMessage, allowed: readonly BodyFormat[]): BodyFormat | Refusal => {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse('unsupported_content_type', `Content-Encoding '${encoding}' is not taken: send the body as it is.`);
  }
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const format = formats.get(type);
  if (format === undefined || !allowed.includes(format)) return wrongType(headers['content-type'], allowed);
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset === undefined || charset === 'utf-8' || charset === 'utf8') return format;
  return refuse('unsupported_content_type', `The charset '${charset}' is not taken: JSON is UTF-8.`);
};

const wrongType = (given: string | undefined, allowed: readonly BodyFormat[]): Refusal => {
  const wanted = allowed.includes('ndjson') ? 'application/json (an array) or application/x-ndjson' : 'application/json';
  const what = given === undefined ? 'The request has no Content-Type' : `The Content-Type '${given}' is not taken`;
  return refuse('unsupported_content_type', `${what}: send ${wanted}.`);
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
