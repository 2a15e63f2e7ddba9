import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from 'cloudevents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDoor, sendRaw, type TestDoor } from './testing.ts';

let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor();
});

afterAll(() => door[Symbol.asyncDispose]());

type Answer = {
  readonly status: number;
  readonly body: { readonly id?: number; readonly results?: readonly object[]; readonly error?: object };
};

const post = async (path: string, body: NonNullable<RequestInit['body']> | null, headers: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${door.server.address}${path}`, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

let number = 0;
const newEvent = (change: Record<string, unknown> = {}) => {
  number += 1;
  return new CloudEvent({
    id: `e-${number}`,
    source: '/shop',
    type: 'order.placed',
    subject: `order-${number}`,
    data: { total: 42.5 },
    ...change,
  });
};
const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const batched = { 'content-type': 'application/cloudevents-batch+json' };

const last = () => {
  const { systemName, objectId, eventName, body } = door.stream.log.at(-1)!;
  return { systemName, objectId, eventName, stored: JSON.parse(body) as Record<string, unknown> };
};

test.each([
  ['binary', Mode.BINARY],
  ['structured', Mode.STRUCTURED],
])("the SDK's own emitter is understood in %s mode", async (_name, mode) => {
  const emit = emitterFor(httpTransport(`${door.server.address}/events`), { mode });
  const event = newEvent({ partitionkey: 'eu', flag: true });
  const answer = (await emit(event)) as { readonly body: string };
  expect(JSON.parse(answer.body)).toMatchObject({ duplicate: false, idempotency_key: event.id, event_time_source: 'client' });
  expect(last()).toMatchObject({
    systemName: '/shop',
    objectId: event.subject,
    eventName: 'order.placed',
    stored: { metadata: { total: 42.5 }, cloudevent: { specversion: '1.0', partitionkey: 'eu', flag: 'true', data_at: '/metadata' } },
  });
});

test('the same event is stored once, whichever way it comes', async () => {
  const event = newEvent();
  const binary = HTTP.binary(event);
  const first = await post('/events', binary.body as string, binary.headers as Record<string, string>);
  expect(first.body).toMatchObject({ duplicate: false });
  const again = { ...first.body, duplicate: true };
  expect((await post('/events', HTTP.structured(event).body as string, structured)).body).toEqual(again);
  expect((await post('/events/batch', `[${event.toString()}]`, batched)).body.results).toEqual([{ status: 200, ...again }]);
  expect((await post('/events', event.cloneWith({ data: { total: 1 } }).toString(), structured)).status).toBe(409);
});

test('a batch answers each event in order, and may be empty', async () => {
  const [good, other] = [newEvent(), newEvent()];
  const { status, body } = await post('/events/batch', `[${good.toString()}, {"specversion":"1.0"}, 7, ${other.toString()}]`, batched);
  expect(status).toBe(200);
  expect(body.results).toEqual([
    expect.objectContaining({ status: 200, idempotency_key: good.id }),
    { status: 400, error: expect.objectContaining({ code: 'invalid_cloudevent' }) },
    { status: 400, error: expect.objectContaining({ code: 'invalid_cloudevent' }) },
    expect.objectContaining({ status: 200, idempotency_key: other.id }),
  ]);
  expect(await post('/events/batch', '[]', batched)).toEqual({ status: 200, body: { results: [] } });
});

const ce = (change: Record<string, string> = {}): Record<string, string> => {
  number += 1;
  return { 'ce-specversion': '1.0', 'ce-id': `h-${number}`, 'ce-source': 'shop', 'ce-type': 't', ...change };
};
const json = { 'content-type': 'application/json' };

test('binary data, no data, and a percent-encoded subject come through binary mode', async () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
  expect(
    (await post('/events', png, { ...ce({ 'ce-subject': 'gr%C3%BC%C3%9Fe%20%F0%9F%98%80' }), 'content-type': 'image/png' })).status,
  ).toBe(200);
  expect(last()).toMatchObject({ objectId: 'grüße 😀', stored: { metadata: { data_base64: 'iVBORw==' } } });
  expect((await post('/events', null, ce())).status).toBe(200);
  expect(last()).toMatchObject({ stored: { metadata: {}, cloudevent: { data_at: null } } });
});

test('in structured mode the same headers may be there too, and say nothing', async () => {
  const event = newEvent();
  expect((await post('/events', event.toString(), { ...structured, 'ce-specversion': '9.9', 'ce-id': 'other' })).status).toBe(200);
  expect(last().objectId).toBe(event.subject);
});

test.each<[string, string, string | null, Record<string, string>, string]>([
  ['another version in a header', '/events', '{}', { ...ce({ 'ce-specversion': '0.3' }), ...json }, 'invalid_cloudevent'],
  ['no version beside an id', '/events', '{}', { 'ce-id': 'x', ...json }, 'invalid_cloudevent'],
  ['another version in the body', '/events', '{"specversion":"0.3","id":"a","source":"b","type":"c"}', structured, 'invalid_cloudevent'],
  ['another id in Idempotency-Key', '/events', '{}', { ...ce(), ...json, 'idempotency-key': 'other' }, 'invalid_idempotency_key'],
  ['a format that is not JSON', '/events', 'x', { 'content-type': 'application/cloudevents+avro' }, 'unsupported_content_type'],
  ['a batch for one event', '/events', '[]', batched, 'unsupported_content_type'],
  ['one event for a batch', '/events/batch', '{}', structured, 'unsupported_content_type'],
  ['a batch that is none', '/events/batch', '{}', batched, 'invalid_json'],
  ['a batch with a key in the header', '/events/batch', '[]', { ...batched, 'idempotency-key': 'k' }, 'invalid_idempotency_key'],
  ['binary mode for a batch', '/events/batch', '[]', { ...ce(), ...json }, 'invalid_cloudevent'],
  ['a plain event with the headers of another', '/events', '{"system_name":"a"}', { 'ce-id': 'x', ...json }, 'invalid_cloudevent'],
  ['a plain event with a field of ours', '/events', '{"cloudevent":{}}', json, 'invalid_event'],
])('%s is refused', async (_what, path, body, headers, code) => {
  const before = door.stream.log.length;
  expect(await post(path, body, headers)).toMatchObject({ status: 400, body: { error: { code } } });
  expect(door.stream.log).toHaveLength(before);
});

test('headers that are twice there, or hold bytes beyond ASCII, are refused as they come over the wire', async () => {
  const head =
    'POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\nce-specversion: 1.0\r\nce-source: s\r\nce-type: t\r\n';
  expect(await sendRaw(door.server.address, `${head}ce-id: a\r\nce-id: b\r\n\r\n`)).toContain('ce-id is there more than once');
  expect(await sendRaw(door.server.address, Buffer.from(`${head}ce-id: a\r\nce-subject: grüße\r\n\r\n`))).toContain(
    'is not percent-encoded UTF-8',
  );
});
