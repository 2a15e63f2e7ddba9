// OpenAPI 3.1 of the ingest, from the very schemas that validate and the closed list of error codes.
import { type ErrorCodeName, errorCodes } from './error-codes.ts';
import { acceptedSchema, batchResultSchema, errorSchema, eventSchema } from './event.ts';

export type IngestApiLimits = { readonly bodyLimitBytes: number; readonly batchLimitBytes: number; readonly batchLimitEvents: number };

const ofEvent = [
  'invalid_json',
  'invalid_event',
  'hostile_text',
  'too_deep',
  'number_out_of_range',
  'invalid_idempotency_key',
  'unsupported_content_type',
  'idempotency_conflict',
  'payload_too_large',
  'overloaded',
  'storage_unavailable',
  'commit_unknown',
  'internal',
] as const satisfies readonly ErrorCodeName[];

const ofBatch = [
  'invalid_json',
  'empty_batch',
  'invalid_idempotency_key',
  'unsupported_content_type',
  'payload_too_large',
  'overloaded',
  'storage_unavailable',
  'commit_unknown',
  'internal',
] as const satisfies readonly ErrorCodeName[];

export const ingestOpenApi = (limits: IngestApiLimits) => ({
  openapi: '3.1.0',
  info: { title: 'faultline ingest', version: '0.1.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  paths: {
    '/events': { post: postEvent(limits) },
    '/events/batch': { post: postBatch(limits) },
    '/health': { get: probe('health', 'The process lives.', []) },
    '/ready': { get: probe('ready', 'The process can do its work.', ['storage_unavailable', 'shutting_down']) },
    '/openapi.json': { get: probe('openapi', 'This document.', []) },
  },
  components: { schemas: { Event: eventSchema, Accepted: acceptedSchema, BatchResult: batchResultSchema, Error: errorSchema } },
});

const ref = (name: 'Event' | 'Accepted' | 'BatchResult' | 'Error') => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: unknown) => ({ 'application/json': { schema } });

const postEvent = ({ bodyLimitBytes }: IngestApiLimits) => ({
  operationId: 'postEvent',
  summary: 'Appends one event; answers once it is durable.',
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same thing as `id` in the body.',
      schema: eventSchema.properties.id,
    },
  ],
  requestBody: { required: true, description: `At most ${bodyLimitBytes} bytes.`, content: json(ref('Event')) },
  responses: { '200': { description: 'Committed.', content: json(ref('Accepted')) }, ...errorResponses(ofEvent) },
});

const postBatch = ({ batchLimitBytes, batchLimitEvents, bodyLimitBytes }: IngestApiLimits) => ({
  operationId: 'postEvents',
  summary: 'Appends a batch: not atomic, an answer for each event, in order.',
  requestBody: {
    required: true,
    description: `At most ${batchLimitBytes} bytes and ${batchLimitEvents} events of at most ${bodyLimitBytes} bytes each.`,
    content: {
      ...json({ type: 'array', items: ref('Event'), minItems: 1, maxItems: batchLimitEvents }),
      'application/x-ndjson': { schema: { type: 'string', description: 'One Event a line.' } },
    },
  },
  responses: { '200': { description: 'Read; see each item.', content: json(ref('BatchResult')) }, ...errorResponses(ofBatch) },
});

const probe = (operationId: string, description: string, codes: readonly ErrorCodeName[]) => ({
  operationId,
  responses: { '200': { description, content: json({ type: 'object' }) }, ...errorResponses(codes) },
});

/** One response a status; its description lists the codes with their meaning. */
const errorResponses = (codes: readonly ErrorCodeName[]): Record<string, unknown> => {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status);
  return Object.fromEntries([...byStatus].map(([status, names]) => [String(status), errorResponse(status, names)]));
};

const errorResponse = (status: number, codes: readonly ErrorCodeName[]) => ({
  description: codes.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n'),
  ...(status === 503 && { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }),
  content: json(ref('Error')),
});
