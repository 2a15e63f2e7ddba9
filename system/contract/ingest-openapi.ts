// OpenAPI 3.1 of the ingest, from the very schemas that validate and the closed list of error codes.
import { needOf, securityOf, securitySchemes } from './access.ts';
import { cloudEventSchema } from './cloud-event.ts';
import { contentEncodings } from './content-encodings.ts';
import { type ErrorCodeName, errorCodes } from './error-codes.ts';
import { acceptedSchema, batchResultSchema, errorSchema, eventSchema } from './event.ts';

export type IngestApiLimits = { readonly bodyLimitBytes: number; readonly batchLimitBytes: number; readonly batchLimitEvents: number };

const ofAnyRequest = [
  'unauthenticated',
  'forbidden',
  'invalid_request',
  'request_timeout',
  'payload_too_large',
  'headers_too_large',
  'quota_exceeded',
  'storage_quota_exceeded',
  'overloaded',
  'disk_budget_used',
  'storage_unavailable',
  'commit_unknown',
  'internal',
] as const satisfies readonly ErrorCodeName[];

const ofEvent = [
  'invalid_json',
  'invalid_event',
  'invalid_cloudevent',
  'hostile_text',
  'too_deep',
  'number_out_of_range',
  'invalid_idempotency_key',
  'invalid_metadata',
  'unknown_schema',
  'unsupported_content_type',
  'invalid_encoding',
  'idempotency_conflict',
  ...ofAnyRequest,
] as const satisfies readonly ErrorCodeName[];

const ofBatch = [
  'invalid_json',
  'empty_batch',
  'invalid_cloudevent',
  'invalid_idempotency_key',
  'unsupported_content_type',
  'invalid_encoding',
  ...ofAnyRequest,
] as const satisfies readonly ErrorCodeName[];

export const ingestOpenApi = (limits: IngestApiLimits) => ({
  openapi: '3.1.0',
  info: {
    title: 'faultline ingest',
    version: '0.1.0',
    description:
      'Takes events, and answers once they are durable. Without a 2xx nothing was stored, but where nobody can know: `commit_unknown` and `internal`. Sending the same `id` again is safe.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  paths: {
    '/events': { post: postEvent(limits) },
    '/events/batch': { post: postBatch(limits) },
    '/health': { get: probe('health', 'The process lives.', []) },
    '/ready': { get: probe('ready', 'The process can do its work.', ['storage_unavailable', 'shutting_down']) },
    '/openapi.json': { get: probe('openapi', 'This document.', []) },
    '/docs': { get: page },
  },
  components: {
    schemas: {
      Event: eventSchema,
      CloudEvent: cloudEventSchema,
      Accepted: acceptedSchema,
      BatchResult: batchResultSchema,
      Error: errorSchema,
    },
    securitySchemes,
  },
});

const ref = (name: 'Event' | 'CloudEvent' | 'Accepted' | 'BatchResult' | 'Error') => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: unknown) => ({ 'application/json': { schema } });
const body = (schema: unknown, example: unknown) => ({ schema, example });

const exampleEvent = {
  system_name: 'shop',
  object_id: 'order-1',
  event_name: 'order_placed',
  event_time: '2026-01-02T03:04:05Z',
  metadata: { total: 42.5 },
  id: 'order-1-placed',
};

const exampleCloudEvent = {
  specversion: '1.0',
  id: 'order-1-placed',
  source: 'shop',
  type: 'order_placed',
  subject: 'order-1',
  time: '2026-01-02T03:04:05Z',
  data: { total: 42.5 },
};

const encodingHeader = {
  name: 'Content-Encoding',
  in: 'header',
  required: false,
  description: 'How the body is compressed; the limits hold once it is inflated, too.',
  schema: { type: 'string', enum: [...contentEncodings, 'identity'] },
};

/** In binary mode the attributes are headers, each checked by the schema that it has in the JSON format. */
const cloudEventHeaders = () => {
  const { datacontenttype: _contentType, data: _data, data_base64: _base64, ...attributes } = cloudEventSchema.properties;
  return Object.entries(attributes).map(([name, schema]) => ({
    name: `ce-${name}`,
    in: 'header',
    required: false,
    description: `CloudEvents in binary mode: \`${name}\`, percent-encoded UTF-8.${name === 'specversion' ? ' With it the body is the data, and Content-Type says of what type; any other `ce-` header is an extension attribute.' : ''}`,
    schema,
  }));
};

const postEvent = ({ bodyLimitBytes }: IngestApiLimits) => ({
  operationId: 'postEvent',
  security: securityOf(needOf('ingest', 'POST', '/events')),
  summary: 'Appends one event; answers once it is durable.',
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same thing as `id` in the body.',
      schema: eventSchema.properties.id,
    },
    encodingHeader,
    ...cloudEventHeaders(),
  ],
  requestBody: {
    required: true,
    description: `At most ${bodyLimitBytes} bytes.`,
    content: {
      'application/json': body(ref('Event'), exampleEvent),
      'application/cloudevents+json': body(ref('CloudEvent'), exampleCloudEvent),
      '*/*': { schema: { description: 'With the headers of a CloudEvent in binary mode: its data, of any type.' } },
    },
  },
  responses: { '200': { description: 'Committed.', content: json(ref('Accepted')) }, ...errorResponses(ofEvent) },
});

const postBatch = ({ batchLimitBytes, batchLimitEvents, bodyLimitBytes }: IngestApiLimits) => ({
  operationId: 'postEvents',
  security: securityOf(needOf('ingest', 'POST', '/events/batch')),
  summary: 'Appends a batch: not atomic, an answer for each event, in order.',
  parameters: [encodingHeader],
  requestBody: {
    required: true,
    description: `At most ${batchLimitBytes} bytes and ${batchLimitEvents} events of at most ${bodyLimitBytes} bytes each.`,
    content: {
      'application/json': body({ type: 'array', items: ref('Event'), minItems: 1, maxItems: batchLimitEvents }, [exampleEvent]),
      'application/x-ndjson': { schema: { type: 'string', description: 'One Event a line.' } },
      'application/cloudevents-batch+json': body({ type: 'array', items: ref('CloudEvent'), maxItems: batchLimitEvents }, [
        exampleCloudEvent,
      ]),
    },
  },
  responses: { '200': { description: 'Read; see each item.', content: json(ref('BatchResult')) }, ...errorResponses(ofBatch) },
});

const probe = (operationId: string, description: string, codes: readonly ErrorCodeName[]) => ({
  operationId,
  security: securityOf('open'),
  responses: { '200': { description, content: json({ type: 'object' }) }, ...errorResponses(codes) },
});

const page = {
  operationId: 'docs',
  security: securityOf('open'),
  responses: { '200': { description: 'This document, to read.', content: { 'text/html': { schema: { type: 'string' } } } } },
};

/** One response a status; its description lists the codes with their meaning. */
const errorResponses = (codes: readonly ErrorCodeName[]): Record<string, unknown> => {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status);
  return Object.fromEntries([...byStatus].map(([status, names]) => [String(status), errorResponse(status, names)]));
};

const errorResponse = (status: number, codes: readonly ErrorCodeName[]) => ({
  description: codes.map((code) => `\`${code}\`: ${errorCodes[code].meaning}`).join('\n'),
  ...((status === 503 || status === 429) && { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }),
  content: json(ref('Error')),
});
