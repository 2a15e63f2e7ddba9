import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { ingestOpenApi } from '../../contract/ingest-openapi.ts';
import { structuredEvent } from '../cloudevents/structured-event.ts';

const document = ingestOpenApi({ bodyLimitBytes: 1000, batchLimitBytes: 5000, batchLimitEvents: 7 });
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(document, 'openapi');

const check = (pointer: string, value: unknown): boolean => ajv.validate({ $ref: `openapi#${pointer}` }, value) as boolean;

test('each example is what its schema takes', () => {
  let examples = 0;
  for (const [path, { post }] of Object.entries(document.paths).flatMap(([path, item]) =>
    'post' in item ? [[path, item] as const] : [],
  )) {
    for (const [type, { example }] of Object.entries(
      post.requestBody.content as Readonly<Record<string, { readonly example?: unknown }>>,
    )) {
      if (example === undefined) continue;
      examples += 1;
      const pointer = ['paths', path, 'post', 'requestBody', 'content', type, 'schema'].map((part) => part.replaceAll('/', '~1')).join('/');
      expect([path, type, check(`/${encodeURI(pointer)}`, example)]).toEqual([path, type, true]);
    }
  }
  expect(examples).toBe(4);
});

test('each header of a CloudEvent in binary mode is on the list, with the schema that it has in JSON', () => {
  const { parameters } = document.paths['/events'].post;
  expect(parameters.map(({ name }) => name)).toEqual([
    'Idempotency-Key',
    'Content-Encoding',
    'ce-specversion',
    'ce-id',
    'ce-source',
    'ce-type',
    'ce-subject',
    'ce-time',
    'ce-dataschema',
  ]);
});

test('what a batch is answered with is what its schema takes: each item as the event alone would be, with its status', () => {
  const accepted = { id: 1, duplicate: false, event_time_source: 'client', idempotency_key: null };
  const schema = { version: 1, verdict: 'invalid', action: 'flag' };
  const refused = { error: { code: 'invalid_event', message: 'no' } };
  const isTaken = (...results: readonly unknown[]) => check('/components/schemas/BatchResult', { results });
  expect(isTaken({ status: 200, ...accepted }, { status: 200, ...accepted, schema }, { status: 400, ...refused })).toBe(true);
  for (const item of [accepted, refused, { status: 200, ...refused }, { status: 400, ...accepted }, { status: 200, ...accepted, other: 1 }])
    expect([item, isTaken(item)]).toEqual([item, false]);
});

test('each code with which the door may refuse any request is told where events are sent', () => {
  for (const { post } of [document.paths['/events'], document.paths['/events/batch']]) {
    const unavailable = (post.responses as Readonly<Record<string, { readonly description: string }>>)['503']!.description;
    for (const code of ['overloaded', 'disk_budget_used', 'storage_unavailable']) expect(unavailable).toContain(`\`${code}\``);
  }
});

const required = { specversion: '1.0', id: 'e-1', source: 'shop', type: 'placed' };

test.each([
  {},
  { subject: null, time: null, datacontenttype: null, ext: null },
  { subject: '' },
  { subject: 's'.repeat(257) },
  { specversion: '1.1' },
  { id: undefined },
  { data: { deep: [1] } },
  { data: null },
  { data_base64: 'AAEC' },
  { data_base64: '***' },
  { ext: true, n: -(2 ** 31) },
  { ext: 2 ** 31 },
  { ext: 1.5 },
  { ext: [] },
  { Ext: 'x' },
  { data_x: 'x' },
])('the published schema of a CloudEvent takes and refuses what the door does: %j', (change) => {
  const event = { ...required, ...change };
  const admission = structuredEvent.admit(Buffer.from(JSON.stringify(event)), {
    tenant: 'default',
    receivedAtMs: 0,
    headerKey: null,
    newIdentity: () => 'new',
  });
  expect(check('/components/schemas/CloudEvent', JSON.parse(JSON.stringify(event)))).toBe(!('kind' in admission));
});
