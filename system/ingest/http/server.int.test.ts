import { connect } from 'node:net';
import { once } from 'node:events';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { errorCodes, type ErrorCodeName } from '../../contract/error-codes.ts';
import { laneOf } from '../../stream/lane.ts';
import { ingestOpenApi } from '../../contract/ingest-openapi.ts';
import { noKeys } from '../../access/testing.ts';
import { createIngest, type Ingest } from '../ingest.ts';
import type { IngestTelemetry, RequestMeasure, RequestTrace } from '../telemetry.ts';
import { noIngestTelemetry } from '../telemetry.ts';
import { createFakeStream, type FakeStream, type Step } from '../testing.ts';
import { type IngestServer, startIngestServer } from './server.ts';

const limits = { bodyLimitBytes: 4096, batchLimitBytes: 16_384, batchLimitEvents: 5, bodiesLimitBytes: 1_048_576 };
const steps: Step[] = [];
const refusedCodes: string[] = [];
const measures: RequestMeasure[] = [];
const traces: { readonly route: string; readonly traceparent: string | undefined; status?: number; ids?: readonly number[] }[] = [];
let storageError: Error | null = null;
let stream: FakeStream;
let ingest: Ingest;
let server: IngestServer;

const sampledParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const producerParent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

const settled: (readonly [objectId: string | null, kind: string])[] = [];

const telemetry: IngestTelemetry = {
  ...noIngestTelemetry,
  refused: (code) => void refusedCodes.push(code),
  requestEnded: (measure) => void measures.push(measure),
  startTrace: (route, traceparent): RequestTrace | null => {
    if (traceparent !== sampledParent) return null;
    const trace: (typeof traces)[number] = { route, traceparent };
    traces.push(trace);
    return {
      traceparent: producerParent,
      settled: (event, outcome) => void settled.push([event?.objectId ?? null, outcome.kind]),
      end: (status, ids) => void Object.assign(trace, { status, ids }),
    };
  },
};

const start = () =>
  startIngestServer({
    ...limits,
    ingest,
    telemetry,
    keys: noKeys,
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    reusePort: false,
    commitTimeoutMs: 300,
    headersTimeoutMs: 20_000,
    requestTimeoutMs: 60_000,
    tls: null,
    checkStorage: () => (storageError ? Promise.reject(storageError) : Promise.resolve()),
  });

beforeAll(async () => {
  stream = createFakeStream(steps);
  ingest = createIngest({
    writer: stream,
    laneCount: 8,
    flushers: 2,
    // Small, so that a batch of more goes in two commits, one for each lane group.
    flushEvents: 2,
    flushBytes: 1e6,
    flushLingerMs: 0,
    queueLimitBytes: 1e6,
    commitTimeoutMs: 300,
    telemetry,
  });
  server = await start();
});

beforeEach(() => {
  for (const list of [steps, refusedCodes, measures, traces]) list.length = 0;
  storageError = null;
});

afterAll(() => server.stop());

const event = (change: Record<string, unknown> = {}) => ({
  system_name: 'shop',
  object_id: 'o-1',
  event_name: 'placed',
  event_time: '2026-01-01T00:00:00Z',
  metadata: {},
  ...change,
});

type Item = { readonly status: number; readonly id?: number };
type Body = {
  readonly id?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly results: readonly Item[];
};
type Answer = { readonly status: number; readonly headers: Headers; readonly body: Body };

type BodyInit = NonNullable<RequestInit['body']>;

const send = async (path: string, init: RequestInit): Promise<Answer> => {
  const response = await fetch(`${server.address}${path}`, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
};
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const postEvent = (change: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  post('/events', JSON.stringify(event(change)), headers);

const refusalOf = ({ status, headers, body }: Answer) => ({
  status,
  code: body.error?.code,
  hasMessage: /\S/.test(body.error?.message ?? ''),
  contentType: headers.get('content-type'),
  hasRetryAfter: headers.has('retry-after'),
});

const refusal = (code: ErrorCodeName) => {
  const { status } = errorCodes[code];
  return { status, code, hasMessage: true, contentType: 'application/json; charset=utf-8', hasRetryAfter: status === 503 };
};

test('an event is answered with its id, once it is in the stream', async () => {
  const { status, body } = await postEvent({ id: 'first' });
  expect(status).toBe(200);
  expect(body).toEqual({ id: expect.any(Number), duplicate: false, event_time_source: 'client', idempotency_key: 'first' });
  expect(stream.log.at(-1)).toMatchObject({ id: body.id, idempotencyKey: 'first', body: JSON.stringify(event({ id: 'first' })) });
});

test('the same event again gets the first answer; by header or by field is the same', async () => {
  const first = await postEvent({ object_id: 'o-2', id: 'twice' });
  const again = await postEvent({ object_id: 'o-2' }, { 'idempotency-key': 'twice' });
  expect(again.body).toEqual({ ...first.body, duplicate: true });
});

test('another body under a known key is a conflict', async () => {
  await postEvent({ id: 'claimed' });
  expect(refusalOf(await postEvent({ id: 'claimed', metadata: { other: true } }))).toEqual(refusal('idempotency_conflict'));
  expect(refusedCodes).toEqual(['idempotency_conflict']);
});

test.each<[string, BodyInit, Record<string, string>, ErrorCodeName]>([
  ['broken JSON', '{"system_name":', {}, 'invalid_json'],
  ['an empty body', '', {}, 'invalid_json'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 'invalid_json'],
  ['a missing field', '{}', {}, 'invalid_event'],
  ['hostile text', JSON.stringify(event({ object_id: '\0' })), {}, 'hostile_text'],
  ['deep nesting', JSON.stringify(event()).replace('{}', `${'['.repeat(100)}${']'.repeat(100)}`), {}, 'too_deep'],
  ['a number beyond the bounds', JSON.stringify(event()).replace('{}', '[1e9999]'), {}, 'number_out_of_range'],
  ['an empty key', JSON.stringify(event()), { 'idempotency-key': '' }, 'invalid_idempotency_key'],
  ['a key that is too long', JSON.stringify(event()), { 'idempotency-key': 'k'.repeat(257) }, 'invalid_idempotency_key'],
  ['a key that is not ASCII', JSON.stringify(event()), { 'idempotency-key': 'gr\u00f6\u00df' }, 'invalid_idempotency_key'],
  ['two keys that differ', JSON.stringify(event({ id: 'a' })), { 'idempotency-key': 'b' }, 'invalid_idempotency_key'],
  ['another content type', JSON.stringify(event()), { 'content-type': 'text/plain' }, 'unsupported_content_type'],
  ['NDJSON where one event is wanted', JSON.stringify(event()), { 'content-type': 'application/x-ndjson' }, 'unsupported_content_type'],
  ['a content type that is none', JSON.stringify(event()), { 'content-type': 'json' }, 'unsupported_content_type'],
  ['another charset', JSON.stringify(event()), { 'content-type': 'application/json; charset=latin1' }, 'unsupported_content_type'],
  ['an encoding that is not known', JSON.stringify(event()), { 'content-encoding': 'compress' }, 'unsupported_content_type'],
  [
    'a batch of CloudEvents where one event is wanted',
    '[]',
    { 'content-type': 'application/cloudevents-batch+json' },
    'unsupported_content_type',
  ],
  ['a body over its limit', JSON.stringify(event({ metadata: { text: 'x'.repeat(5000) } })), {}, 'payload_too_large'],
])("%s is refused in the contract's shape, and nothing is stored", async (_what, body, headers, code) => {
  const before = stream.log.length;
  expect(refusalOf(await post('/events', body, headers))).toEqual(refusal(code));
  expect(refusedCodes).toEqual([code]);
  expect(stream.log).toHaveLength(before);
});

test('a body over its limit that does not say its length is refused too', async () => {
  const chunks = new ReadableStream({
    start: (controller) => {
      for (let index = 0; index < 100; index += 1) controller.enqueue(Buffer.alloc(1000, 0x20));
      controller.close();
    },
  });
  const answer = await send('/events', {
    method: 'POST',
    body: chunks,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  } as RequestInit);
  expect(refusalOf(answer)).toEqual(refusal('payload_too_large'));
});

test('a request without a content type is told which one to send', async () => {
  const answer = await raw(`POST /events HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`);
  expect(answer).toContain('HTTP/1.1 400');
  expect(answer).toContain('The request has no Content-Type: send application/json or application/cloudevents+json.');
});

test('a charset that is UTF-8 in any writing is fine', async () => {
  expect((await postEvent({}, { 'content-type': 'Application/JSON; charset="UTF-8"' })).status).toBe(200);
});

test('unknown routes and wrong methods are refused by name', async () => {
  expect(refusalOf(await send('/event', { method: 'GET' }))).toEqual(refusal('not_found'));
  expect(refusalOf(await send('/events/', { method: 'POST', body: '{}' }))).toEqual(refusal('not_found'));
  expect(refusalOf(await send('/__proto__', { method: 'GET' }))).toEqual(refusal('not_found'));
  const wrong = await send('/events?x=1', { method: 'GET' });
  expect(refusalOf(wrong)).toEqual(refusal('method_not_allowed'));
  expect(wrong.headers.get('allow')).toBe('POST');
  expect(refusalOf(await send('/openapi.json', { method: 'DELETE' }))).toEqual(refusal('method_not_allowed'));
});

test.each([
  ['headers beyond 16 KiB', `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'invalid_request'],
  ['two lengths', 'POST /events HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400, 'invalid_request'],
  ['an unknown expectation', 'POST /events HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\ncontent-length: 0\r\n\r\n', 400, 'invalid_request'],
])("%s is refused in the contract's shape", async (_what, text, status, code) => {
  const answer = await raw(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ error: { code } });
});

const raw = async (text: string): Promise<string> => {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
};

test('a batch answers each event, in order; it is not atomic', async () => {
  const elements = [
    JSON.stringify(event({ id: 'b-1' })),
    '{broken}',
    JSON.stringify(event({ id: 'b-1' })),
    JSON.stringify(event({ metadata: { text: 'x'.repeat(5000) } })),
    `  ${JSON.stringify(event({ event_time: 'nope' }))}`,
  ];
  const { status, body } = await post('/events/batch', `[${elements.join(',')}]`);
  expect(status).toBe(200);
  expect(body.results).toEqual([
    { status: 200, id: expect.any(Number), duplicate: false, event_time_source: 'client', idempotency_key: 'b-1' },
    { status: 400, error: expect.objectContaining({ code: 'invalid_json' }) },
    { status: 200, id: body.results[0]!.id, duplicate: true, event_time_source: 'client', idempotency_key: 'b-1' },
    { status: 413, error: expect.objectContaining({ code: 'payload_too_large', details: { limit_bytes: 4096 } }) },
    { status: 200, id: expect.any(Number), duplicate: false, event_time_source: 'receipt', idempotency_key: null },
  ]);
  expect(stream.log.at(-1)!.body).toBe(elements[4]!.trim());
});

test('a batch may be NDJSON', async () => {
  const body = [event(), event({ object_id: 'o-9' })].map((one) => JSON.stringify(one)).join('\n');
  const answer = await post('/events/batch', `${body}\n`, { 'content-type': 'application/x-ndjson' });
  expect(answer.body.results.map(({ status }) => status)).toEqual([200, 200]);
});

test.each<[string, BodyInit, Record<string, string>, ErrorCodeName]>([
  ['an object', '{}', {}, 'invalid_json'],
  ['a broken array', '[{}', {}, 'invalid_json'],
  ['an empty array', '[]', {}, 'empty_batch'],
  ['empty NDJSON', '\n', { 'content-type': 'application/x-ndjson' }, 'empty_batch'],
  ['a key in the header', '[{}]', { 'idempotency-key': 'k' }, 'invalid_idempotency_key'],
  ['too many events', `[${Array.from({ length: 6 }, () => '{}').join(',')}]`, {}, 'payload_too_large'],
  ['too many bytes', `[${' '.repeat(20_000)}]`, {}, 'payload_too_large'],
  ['another content type', '[]', { 'content-type': 'text/csv' }, 'unsupported_content_type'],
])('a batch that is %s is refused whole', async (_what, body, headers, code) => {
  expect(refusalOf(await post('/events/batch', body, headers))).toEqual(refusal(code));
});

test('storage that is not reached is 503 with Retry-After, for one event and for a batch', async () => {
  steps.push({ fail: 'FL_STREAM_UNREACHABLE' });
  expect(refusalOf(await postEvent())).toEqual(refusal('storage_unavailable'));
  steps.push({ fail: 'FL_STREAM_UNREACHABLE' });
  expect(refusalOf(await post('/events/batch', JSON.stringify([event(), event()])))).toEqual(refusal('storage_unavailable'));
  expect(refusedCodes).toEqual(['storage_unavailable', 'storage_unavailable', 'storage_unavailable']);
});

test('a commit without an answer is 503 commit_unknown; the same id again finds what was stored', async () => {
  steps.push(
    { fail: 'FL_STREAM_COMMIT_UNKNOWN', stored: true },
    ...Array.from({ length: 200 }, () => ({ fail: 'FL_STREAM_UNREACHABLE' }) as const),
  );
  expect(refusalOf(await postEvent({ id: 'ambiguous' }))).toEqual(refusal('commit_unknown'));
  steps.length = 0;
  expect((await postEvent({ id: 'ambiguous' })).body).toMatchObject({ duplicate: true, idempotency_key: 'ambiguous' });
});

test('a batch where only some could not be stored says so item by item', async () => {
  steps.push('commit', { fail: 'FL_STREAM_UNREACHABLE' });
  const groups = Map.groupBy(
    Array.from({ length: 20 }, (_, index) => `o-${index}`),
    (objectId) => laneOf({ tenant: 'default', systemName: 'shop', objectId }, 8) % 2,
  );
  const events = [0, 1].flatMap((group) => [0, 1].map((index) => event({ object_id: groups.get(group)![index] })));
  const { status, body } = await post('/events/batch', JSON.stringify(events));
  expect(status).toBe(200);
  expect(new Set(body.results.map((item) => item.status))).toEqual(new Set([200, 503]));
});

test("a sampled request leaves its producer's context with the event, and an unsampled one nothing", async () => {
  const { body } = await postEvent({}, { traceparent: sampledParent });
  expect(stream.log.at(-1)!.traceparent).toBe(producerParent);
  expect(traces).toEqual([{ route: '/events', traceparent: sampledParent, status: 200, ids: [body.id] }]);
  await postEvent();
  expect(stream.log.at(-1)!.traceparent).toBeNull();
});

test('a sampled request tells what became of each of its events, also of one that is refused before it is read', async () => {
  settled.length = 0;
  await postEvent({}, { traceparent: sampledParent });
  await postEvent({}, { traceparent: sampledParent, 'content-type': 'text/plain' });
  await postEvent({}, { traceparent: sampledParent, 'idempotency-key': '' });
  expect(settled.map(([objectId, kind]) => [objectId === null, kind])).toEqual([
    [false, 'accepted'],
    [true, 'refused'],
    [true, 'refused'],
  ]);
});

test('each request is measured by route and status', async () => {
  await postEvent();
  await post('/events', '{');
  await send('/nope', { method: 'GET' });
  await expect.poll(() => measures.length).toBe(3);
  expect(measures.map(({ method, route, status }) => [method, route, status])).toEqual([
    ['POST', '/events', 200],
    ['POST', '/events', 400],
    ['GET', '', 404],
  ]);
});

test('health and readiness are on both ports; readiness says why not', async () => {
  for (const address of [server.address, server.adminAddress]) {
    expect((await fetch(`${address}/health`)).status).toBe(200);
    expect((await fetch(`${address}/ready`)).status).toBe(200);
  }
  storageError = new Error('the database is away');
  const ready = await send('/ready', { method: 'GET' });
  expect(refusalOf(ready)).toEqual(refusal('storage_unavailable'));
  expect(ready.body.error?.message).not.toContain('the database is away');
  expect((await fetch(`${server.adminAddress}/health`)).status).toBe(200);
});

test('openapi.json is the schemas that validate: it takes and refuses what the door does', async () => {
  const document = (await (await fetch(`${server.address}/openapi.json`)).json()) as ReturnType<typeof ingestOpenApi>;
  expect(document).toEqual(JSON.parse(JSON.stringify(ingestOpenApi(limits))));
  const validate = new Ajv2020({ strict: false }).compile(document.components.schemas.Event);
  for (const change of [
    {},
    { sequence: 1, id: 'k', metadata: [1] },
    { extra: 1 },
    { object_id: '' },
    { sequence: 0 },
    { metadata: null },
  ]) {
    expect(validate(event(change))).toBe((await postEvent(change)).status === 200);
  }
  const { responses } = document.paths['/events'].post;
  expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '408', '409', '413', '429', '431', '500', '503']);
  expect(JSON.stringify(responses)).toContain('hostile_text');
});

test('while it stops, requests on open connections are answered, told to come elsewhere, and no connection is cut', async () => {
  const own = await start();
  const socket = connect(Number(new URL(own.address).port), '127.0.0.1');
  await once(socket, 'connect');
  const body = JSON.stringify(event());
  const request = `POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  socket.write(request);
  expect(String((await once(socket, 'data'))[0])).toContain('Connection: keep-alive');
  const stopped = own.stop();
  socket.write(request);
  const answer = String((await once(socket, 'data'))[0]);
  expect(answer).toContain('HTTP/1.1 200 OK');
  expect(answer).toContain('connection: close');
  await once(socket, 'close');
  await stopped;
  await expect(fetch(`${own.address}/health`)).rejects.toThrow('fetch failed');
});
