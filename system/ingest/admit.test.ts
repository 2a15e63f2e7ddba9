import { expect, test } from 'vitest';
import { admit, type Delivery } from './admit.ts';

const delivery: Delivery = {
  tenant: 'default',
  receivedAtMs: Date.parse('2026-05-01T10:00:00.123Z'),
  headerKey: null,
  newIdentity: () => 'new',
};
const fields = { system_name: 'shop', object_id: 'o-1', event_name: 'placed', event_time: '2026-01-01T00:00:00Z', metadata: { a: 1 } };

const admitText = (text: string, change: Partial<Delivery> = {}) => admit(Buffer.from(text), { ...delivery, ...change });
const admitEvent = (change: Record<string, unknown>, given: Partial<Delivery> = {}) =>
  admitText(JSON.stringify({ ...fields, ...change }), given);
const withMetadata = (metadata: string) => `{"system_name":"s","object_id":"o","event_name":"n","event_time":"t","metadata":${metadata}}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('an event is admitted with its text as it came', () => {
  const text = `  ${JSON.stringify(fields)}\n`;
  expect(admitText(text)).toMatchObject({
    tenant: 'default',
    systemName: 'shop',
    objectId: 'o-1',
    eventName: 'placed',
    identity: 'new',
    idempotencyKey: null,
    sequence: null,
    eventTime: '2026-01-01T00:00:00Z',
    eventTimeSource: 'client',
    receivedAt: '2026-05-01T10:00:00.123Z',
    body: text,
  });
});

test('a time that is none is replaced by the time of receipt, and said so', () => {
  expect(admitEvent({ event_time: 'yesterday' })).toMatchObject({ eventTime: '2026-05-01T10:00:00.123Z', eventTimeSource: 'receipt' });
});

test('the key in the header and `id` are the same thing', () => {
  const byId = admitEvent({ id: 'k' });
  expect(byId).toMatchObject({ idempotencyKey: 'k' });
  expect(admitEvent({}, { headerKey: 'k' })).toMatchObject({ idempotencyKey: 'k', identity: (byId as { identity: string }).identity });
  expect(admitEvent({ id: 'k' }, { headerKey: 'k' })).toMatchObject({ idempotencyKey: 'k' });
  expect(admitEvent({ id: 'k' }, { headerKey: 'other' })).toMatchObject({ code: 'invalid_idempotency_key' });
});

test.each([
  ['', 'invalid_json'],
  ['{', 'invalid_json'],
  ['{"a":1}}', 'invalid_json'],
  ['NaN', 'invalid_json'],
  ['\uFEFF{}', 'invalid_json'],
  ['null', 'invalid_event'],
  ['[]', 'invalid_event'],
  ['"text"', 'invalid_event'],
  ['{}', 'invalid_event'],
  [JSON.stringify({ ...fields, extra: 1 }), 'invalid_event'],
  [JSON.stringify({ ...fields, system_name: '' }), 'invalid_event'],
  [JSON.stringify({ ...fields, object_id: 7 }), 'invalid_event'],
  [JSON.stringify({ ...fields, object_id: 'x'.repeat(257) }), 'invalid_event'],
  [JSON.stringify({ ...fields, metadata: 'text' }), 'invalid_event'],
  [JSON.stringify({ ...fields, metadata: null }), 'invalid_event'],
  [JSON.stringify({ ...fields, id: '' }), 'invalid_event'],
  [JSON.stringify({ ...fields, sequence: 0 }), 'invalid_event'],
  [JSON.stringify({ ...fields, sequence: 1.5 }), 'invalid_event'],
  [JSON.stringify({ ...fields, sequence: '1' }), 'invalid_event'],
  [JSON.stringify({ ...fields, sequence: null }), 'invalid_event'],
  [JSON.stringify(fields).replace('}}', '},"sequence":9007199254740992}'), 'invalid_event'],
  [JSON.stringify(fields).replace('}}', '},"sequence":9007199254740990.7}'), 'invalid_event'],
  [JSON.stringify(fields).replace('{"system', '{"__proto__":{},"system'), 'invalid_event'],
  [withMetadata(nested(64)), 'too_deep'],
  [withMetadata('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)), 'too_deep'],
  [withMetadata('{"a":"\\u0000"}'), 'hostile_text'],
  [withMetadata('{"\\u0000":1}'), 'hostile_text'],
  [withMetadata('["\\ud800"]'), 'hostile_text'],
  [withMetadata('["\\udc00\\ud800"]'), 'hostile_text'],
  [withMetadata('{"a":{"\\udfff":1}}'), 'hostile_text'],
  [JSON.stringify(fields).replace('o-1', String.raw`o\u0000`), 'hostile_text'],
  [withMetadata(`[${'9'.repeat(2001)}]`), 'number_out_of_range'],
  [withMetadata('[1e9999]'), 'number_out_of_range'],
  [withMetadata('[1e-9999]'), 'number_out_of_range'],
  // The last of two equal keys counts, but the database reads both.
  [withMetadata(String.raw`{"a":"\u0000","a":1}`), 'hostile_text'],
  [withMetadata(String.raw`{"a":{"\uD800":1},"a":1}`), 'hostile_text'],
  [withMetadata(String.raw`{"a":["\\\udc00"],"a":1}`), 'hostile_text'],
  [withMetadata(String.raw`"\u0000","metadata":{}`), 'hostile_text'],
  [withMetadata(`{"a":1e999999,"a":1}`), 'number_out_of_range'],
  [withMetadata(`{"a":[-${'9'.repeat(2001)}],"a":1}`), 'number_out_of_range'],
  [withMetadata(`{"a":${nested(100_000)},"a":1}`), 'too_deep'],
  [withMetadata(`{"a":${nested(63)},"a":1}`), 'too_deep'],
])('%.60j is refused: %s', (text, code) => {
  expect(admitText(text)).toMatchObject({ kind: 'refused', code });
});

test.each([
  withMetadata(nested(63)),
  withMetadata(String.raw`["\ud83d\ude00 \\u0000 \u00e9"]`),
  withMetadata(String.raw`{"a":"\ud7ff\uD83D\uDE00\\ud800 \"[[ 1e999999","a":1}`),
  withMetadata(`{"a":${nested(62)},"a":"${'['.repeat(100)}"}`),
  withMetadata(`{"a":[1e400,"1e999999",-${'9'.repeat(2000)}],"a":"${'{'.repeat(100)}"}`),
  withMetadata(`[${'9'.repeat(2000)}, 1e400, -1E-400]`),
  withMetadata('{"__proto__":{"polluted":true},"constructor":1}'),
  JSON.stringify({ ...fields, object_id: '🦊'.repeat(256) }),
  JSON.stringify(fields).replace('}}', '},"sequence":9007199254740991}'),
  JSON.stringify(fields).replace('}}', '},"sequence":1.0}'),
  JSON.stringify(fields).replace('}}', '},"sequence":12e1}'),
])('%.60j is admitted', (text) => {
  expect(admitText(text)).not.toHaveProperty('kind');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('bytes that are not UTF-8 are refused', () => {
  const [before, after] = withMetadata('["~"]').split('~') as [string, string];
  const broken = Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28]), Buffer.from(after)]);
  expect(admit(broken, delivery)).toMatchObject({ code: 'invalid_json', message: expect.stringContaining('UTF-8') });
});

test('each place of a bad event is told, a bounded number of them', () => {
  const refusal = admitText('{"system_name":"","x":1,"metadata":3}');
  expect(refusal).toMatchObject({
    details: expect.arrayContaining([
      { path: '/object_id', message: 'is missing' },
      { path: '/x', message: 'is not a field of the contract' },
      { path: '/system_name', message: 'must not be empty' },
    ]),
  });
  const many = admitText(JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field-${index}`, 1]))));
  const { length } = (many as { details: unknown[] }).details;
  expect(length).toBeGreaterThan(4);
  expect(length).toBeLessThanOrEqual(10);
});

test('two bodies that say the same have one hash, on the fast and the exact way', () => {
  const hashOf = (metadata: string) => (admitText(withMetadata(metadata)) as { bodyHash: Uint8Array }).bodyHash;
  expect(hashOf('{"a":1,"b":[2]}')).toEqual(hashOf('{ "b":[2e0], "a":1.00000000000000000000 }'));
  expect(hashOf('[9007199254740993]')).not.toEqual(hashOf('[9007199254740992]'));
});
