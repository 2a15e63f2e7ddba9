import { expect, test } from 'vitest';
import { admit, type AdmittedEvent, type Delivery, isRefusal } from '../admit.ts';
import type { Refusal } from '../refusal.ts';
import { asContractForm } from './as-contract-form.ts';
import { binaryEvent } from './binary-event.ts';
import { structuredEvent } from './structured-event.ts';

const delivery: Delivery = {
  tenant: 'default',
  receivedAtMs: Date.parse('2026-05-01T10:00:00.123Z'),
  headerKey: null,
  newIdentity: () => 'new',
};
const required = { specversion: '1.0', id: 'e-1', source: 'shop', type: 'placed' };
const withTime = { ...required, subject: 'o-1', time: '2026-01-01T00:00:00Z' };

const structuredText = (text: string, change: Partial<Delivery> = {}) =>
  structuredEvent.admit(Buffer.from(text), { ...delivery, ...change });
const structured = (event: Record<string, unknown>, change: Partial<Delivery> = {}) => structuredText(JSON.stringify(event), change);

type Headers = Readonly<Record<string, string>>;
const ceHeaders = (attributes: Headers): Headers =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
const binaryRequest = (headers: Headers, more: readonly string[] = []) =>
  binaryEvent({ headers, rawHeaders: [...Object.entries(headers).flat(), ...more] });
const binary = (headers: Headers, body: string | Buffer = '', more: readonly string[] = []) =>
  binaryRequest(headers, more).admit(Buffer.from(body), delivery);
const json = { 'content-type': 'application/json' };

const admitted = (admission: AdmittedEvent | Refusal): AdmittedEvent => {
  if (isRefusal(admission)) return expect.unreachable(`${admission.code}: ${admission.message}`);
  return admission;
};
const stored = (admission: AdmittedEvent | Refusal): unknown => JSON.parse(admitted(admission).body);
const hashOf = (admission: AdmittedEvent | Refusal): string => Buffer.from(admitted(admission).bodyHash).toString('hex');

test('source is the system, subject the object, type the name, and (source, id) the identity', () => {
  const plain = { system_name: 'shop', object_id: 'o-1', event_name: 'placed', event_time: withTime.time, metadata: { a: 1 }, id: 'e-1' };
  const same = admitted(admit(Buffer.from(JSON.stringify(plain)), delivery));
  const event = admitted(structured({ ...withTime, data: { a: 1 } }));
  expect(event).toMatchObject({ systemName: 'shop', objectId: 'o-1', eventName: 'placed', idempotencyKey: 'e-1', sequence: null });
  expect({ ...event, body: '' }).toEqual({ ...same, body: '' });
  expect(JSON.parse(event.body)).toEqual({ ...plain, cloudevent: { specversion: '1.0', data_at: '/metadata' } });
  // What is stored of it is known again as the same.
  expect(hashOf(admit(Buffer.from(asContractForm(event.body)!), delivery))).toBe(hashOf(event));
});

test('without a subject the event is an object of its own, and without a time it has that of receipt, flagged', () => {
  const event = structured(required);
  expect(event).toMatchObject({ objectId: 'e-1', eventTime: '2026-05-01T10:00:00.123Z', eventTimeSource: 'receipt' });
  expect(stored(event)).toEqual({
    system_name: 'shop',
    object_id: 'e-1',
    event_name: 'placed',
    id: 'e-1',
    metadata: {},
    cloudevent: { specversion: '1.0', subject: null, data_at: null },
  });
  expect(structured({ ...required, time: 'yesterday' })).toMatchObject({ eventTimeSource: 'receipt' });
  // The same again at another time is the same event.
  expect(hashOf(structured(required, { receivedAtMs: 0 }))).toBe(hashOf(event));
});

test.each<[string, string, unknown]>([
  ['an object', '{"a":[1]}', '/metadata'],
  ['an array', '[1,2]', '/metadata'],
  ['a string', '"text"', '/metadata/data'],
  ['a number', '12345678901234567890.5', '/metadata/data'],
  ['a boolean', 'false', '/metadata/data'],
  ['null', 'null', '/metadata/data'],
])('data that is %s is kept verbatim, in both modes', (_what, data, at) => {
  const text = `{"specversion":"1.0","id":"e-1","source":"shop","type":"placed","data": ${data} }`;
  const metadata = at === '/metadata' ? data : `{"data":${data}}`;
  for (const event of [structuredText(text), binary({ ...ceHeaders(required), ...json }, ` ${data}\n`)]) {
    expect(admitted(event).body).toContain(`"metadata":${metadata},"cloudevent":`);
    expect(stored(event)).toMatchObject({ cloudevent: { data_at: at } });
    expect(hashOf(event)).toBe(hashOf(structuredText(text)));
  }
});

test.each<[string, string | Buffer, unknown, unknown]>([
  ['text/plain', 'grüße\n', { data: 'grüße\n' }, '/metadata/data'],
  ['text/plain; charset="UTF-8"', 'x', { data: 'x' }, '/metadata/data'],
  ['application/soap+xml', '<a/>', { data: '<a/>' }, '/metadata/data'],
  ['text/plain; charset=latin1', Buffer.from([0xe9]), { data_base64: '6Q==' }, '/metadata/data_base64'],
  ['text/plain', Buffer.from([0xe9]), { data_base64: '6Q==' }, '/metadata/data_base64'],
  ['text/plain', 'a\0b', { data_base64: 'YQBi' }, '/metadata/data_base64'],
  ['application/octet-stream', 'text', { data_base64: 'dGV4dA==' }, '/metadata/data_base64'],
  ['application/vnd.odd+json', '{"a":1}', { a: 1 }, '/metadata'],
  ['application/octet-stream', '', {}, null],
])('in binary mode a body of %s (%j) is kept as its type says', (contentType, body, metadata, at) => {
  const event = binary({ ...ceHeaders(required), 'content-type': contentType }, body);
  expect(stored(event)).toMatchObject({ metadata, cloudevent: { datacontenttype: contentType, data_at: at } });
});

test('data_base64 is kept as such', () => {
  expect(stored(structured({ ...required, data_base64: 'AAEC' }))).toMatchObject({
    metadata: { data_base64: 'AAEC' },
    cloudevent: { data_at: '/metadata/data_base64' },
  });
});

test('extension attributes, dataschema and datacontenttype are kept beside the fields, as text, the same in both modes', () => {
  const more = { datacontenttype: 'text/plain', dataschema: 'https://schema/1', partitionkey: 'ü 1', flag: true, number: -5, unset: null };
  const event = structured({ ...withTime, ...more, data: 'x' });
  const kept = { datacontenttype: 'text/plain', dataschema: 'https://schema/1', partitionkey: 'ü 1', flag: 'true', number: '-5' };
  expect(stored(event)).toMatchObject({ cloudevent: { specversion: '1.0', ...kept, data_at: '/metadata/data' } });
  const { datacontenttype, ...attributes } = kept;
  const headers = { ...ceHeaders({ ...withTime, ...attributes, partitionkey: '%C3%BC%201' }), 'content-type': datacontenttype };
  const inBinary = binary(headers, 'x');
  expect((stored(inBinary) as { cloudevent: unknown }).cloudevent).toEqual((stored(event) as { cloudevent: unknown }).cloudevent);
  expect(hashOf(inBinary)).toBe(hashOf(event));
});

test('another extension is another body; another trace context, or another way to say JSON, is not', () => {
  const first = hashOf(structured({ ...withTime, data: {} }));
  expect(hashOf(structured({ ...withTime, data: {}, region: 'eu' }))).not.toBe(first);
  expect(hashOf(structured({ ...withTime, data: {}, dataschema: 'urn:1' }))).not.toBe(first);
  expect(hashOf(structured(withTime))).not.toBe(first);
  expect(hashOf(structured({ ...withTime, data: {}, traceparent: '00-a', tracestate: 'x' }))).toBe(first);
  expect(hashOf(structured({ ...withTime, data: {}, datacontenttype: 'application/json; charset=utf-8' }))).toBe(first);
  expect(hashOf(structured({ ...withTime, data: 5 }))).not.toBe(hashOf(structured({ ...withTime, data: { data: 5 } })));
});

test("the Idempotency-Key header is the event's id, or it is refused", () => {
  expect(structured(required, { headerKey: 'e-1' })).toMatchObject({ idempotencyKey: 'e-1' });
  expect(structured(required, { headerKey: 'e-2' })).toMatchObject({ code: 'invalid_idempotency_key' });
});

test.each<[string, string, string, string]>([
  ['another version', JSON.stringify({ ...required, specversion: '0.3' }), 'invalid_cloudevent', '/specversion must be "1.0"'],
  ['no version', JSON.stringify({ ...required, specversion: undefined }), 'invalid_cloudevent', '/specversion is missing'],
  ['an empty id', JSON.stringify({ ...required, id: '' }), 'invalid_cloudevent', '/id must not be empty'],
  ['a number as id', JSON.stringify({ ...required, id: 7 }), 'invalid_cloudevent', '/id must be string'],
  ['a source beyond the limit', JSON.stringify({ ...required, source: 's'.repeat(129) }), 'invalid_cloudevent', '/source'],
  ['an object as extension', JSON.stringify({ ...required, ext: {} }), 'invalid_cloudevent', '/ext'],
  ['a fraction as extension', JSON.stringify({ ...required, ext: 1.5 }), 'invalid_cloudevent', '/ext'],
  ['an integer beyond 32 bits', JSON.stringify({ ...required, ext: 2 ** 31 }), 'invalid_cloudevent', '/ext'],
  ['a name that is none', JSON.stringify({ ...required, my_ext: 'x' }), 'invalid_cloudevent', '/my_ext'],
  ['a prototype', '{"specversion":"1.0","id":"e","source":"s","type":"t","__proto__":{}}', 'invalid_cloudevent', '/__proto__'],
  ['data twice', JSON.stringify({ ...required, data: 1, data_base64: 'AAEC' }), 'invalid_cloudevent', '/data_base64 is there beside data'],
  ['broken Base64', JSON.stringify({ ...required, data_base64: 'A*==' }), 'invalid_cloudevent', '/data_base64'],
  ['Base64 that is cut off', JSON.stringify({ ...required, data_base64: 'AAE' }), 'invalid_cloudevent', 'multiple of four'],
  ['an array', '[]', 'invalid_cloudevent', 'JSON object'],
  ['no JSON', '{"specversion"', 'invalid_json', ''],
  ['hostile text', JSON.stringify({ ...required, ext: 'a\0' }), 'hostile_text', '/ext'],
  [
    'hostile text that a second key hides',
    JSON.stringify(required).replace('}', String.raw`,"data":"\u0000","data":{}}`),
    'hostile_text',
    'give each key once',
  ],
  ['deep data', JSON.stringify({ ...required, data: 0 }).replace('0}', `${'['.repeat(64)}${']'.repeat(64)}}`), 'too_deep', ''],
  ['a number beyond the bounds', JSON.stringify(required).replace('}', ',"data":1e9999}'), 'number_out_of_range', ''],
])('in structured mode %s is refused with its place', (_what, text, code, place) => {
  const refusal = structuredText(text);
  expect(refusal).toMatchObject({ code });
  expect((refusal as Refusal).message).toContain(place);
});

test.each<[string, Headers, string | Buffer, readonly string[], string, string]>([
  ['another version', { ...ceHeaders({ ...required, specversion: '2.0' }), ...json }, '{}', [], 'invalid_cloudevent', '/specversion'],
  ['a missing type', { ...ceHeaders({ specversion: '1.0', id: 'e', source: 's' }), ...json }, '{}', [], 'invalid_cloudevent', '/type'],
  [
    'an empty subject',
    { ...ceHeaders({ ...required, subject: '' }), ...json },
    '{}',
    [],
    'invalid_cloudevent',
    '/subject must not be empty',
  ],
  ['an attribute twice', ceHeaders(required), '', ['CE-ID', 'e-1'], 'invalid_cloudevent', 'ce-id is there more than once'],
  [
    'bytes beyond ASCII',
    ceHeaders({ ...required, subject: 'gr\u00fc\u00df' }),
    '',
    [],
    'invalid_cloudevent',
    'ce-subject is not percent-encoded',
  ],
  [
    'a bare percent sign',
    ceHeaders({ ...required, subject: '50% off' }),
    '',
    [],
    'invalid_cloudevent',
    'ce-subject is not percent-encoded',
  ],
  ['a NUL', ceHeaders({ ...required, subject: 'a%00' }), '', [], 'hostile_text', '/subject'],
  [
    'ce-datacontenttype',
    { ...ceHeaders({ ...required, datacontenttype: 'x/y' }), ...json },
    '{}',
    [],
    'invalid_cloudevent',
    'Content-Type',
  ],
  ['ce-data', ceHeaders({ ...required, data: '1' }), '', [], 'invalid_cloudevent', 'is the body'],
  ['ce-data_base64', ceHeaders({ ...required, data_base64: 'AAEC' }), '', [], 'invalid_cloudevent', 'is the body'],
  ['a name that is none', ceHeaders({ ...required, 'my-ext': 'x' }), '', [], 'invalid_cloudevent', '/my-ext'],
  ['data without a type', ceHeaders(required), '{}', [], 'unsupported_content_type', 'Content-Type'],
  [
    'JSON in another charset',
    { ...ceHeaders(required), 'content-type': 'application/json; charset=latin1' },
    '{}',
    [],
    'unsupported_content_type',
    'latin1',
  ],
  ['broken JSON', { ...ceHeaders(required), ...json }, '{', [], 'invalid_json', ''],
  ['no UTF-8 as JSON', { ...ceHeaders(required), ...json }, Buffer.from([0x22, 0xff, 0x22]), [], 'invalid_json', ''],
  [
    'hostile text that a second key hides',
    { ...ceHeaders(required), ...json },
    String.raw`{"a":"\ud800","a":1}`,
    [],
    'hostile_text',
    'give each key once',
  ],
  ['data as deep as an event may be', { ...ceHeaders(required), ...json }, `${'['.repeat(64)}${']'.repeat(64)}`, [], 'too_deep', ''],
])('in binary mode %s is refused with its place', (_what, headers, body, more, code, place) => {
  const refusal = binary(headers, body, more);
  expect(refusal).toMatchObject({ code });
  expect((refusal as Refusal).message).toContain(place);
});

test('data may be as deep as the event around it leaves room for, in both modes', () => {
  const deep = `${'['.repeat(63)}${']'.repeat(63)}`;
  expect(stored(binary({ ...ceHeaders(required), ...json }, deep))).toHaveProperty('metadata');
  expect(stored(structuredText(JSON.stringify(required).replace('}', `,"data":${deep}}`)))).toHaveProperty('metadata');
});

test('whose an event is can be told without checking it', () => {
  expect(structuredEvent.readKey(Buffer.from(JSON.stringify(withTime)))).toEqual({ systemName: 'shop', objectId: 'o-1' });
  expect(structuredEvent.readKey(Buffer.from(JSON.stringify(required)))).toEqual({ systemName: 'shop', objectId: 'e-1' });
  expect(structuredEvent.readKey(Buffer.from('nope'))).toBeNull();
  expect(binaryRequest(ceHeaders(withTime)).readKey(Buffer.from(''))).toEqual({ systemName: 'shop', objectId: 'o-1' });
  expect(binaryRequest(ceHeaders({ id: '%' })).readKey(Buffer.from(''))).toBeNull();
});
