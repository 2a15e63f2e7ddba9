import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../engine/clock.ts';
import { metricBackend } from '../metric-backend.ts';
import { createStack } from '../stack.ts';
import { startTestStack } from '../testing.ts';
import type { TestStack } from '../testing.ts';
import { messageType } from './descriptor.ts';

const bodyLimitBytes = 64 * 1_024;
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ bodyLimitBytes });
});

afterAll(async () => stack[Symbol.asyncDispose]());

const post = async (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>) =>
  fetch(stack.url + path, { method: 'POST', body, headers });

const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };

const span = (fields: object) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'x',
  startTimeUnixNano: '1',
  endTimeUnixNano: 2,
  ...fields,
});
const traces = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

test('a complete request is answered 200 with an empty response in the same encoding', async () => {
  const asJson = await post('/v1/traces', traces(span({ kind: 'SPAN_KIND_SERVER' })), json);
  expect([asJson.status, asJson.headers.get('content-type'), await asJson.json()]).toEqual([200, 'application/json', {}]);
  const asProtobuf = await post('/v1/traces', new Uint8Array(), protobuf);
  expect([asProtobuf.status, asProtobuf.headers.get('content-type'), await asProtobuf.text()]).toEqual([200, 'application/x-protobuf', '']);
});

test('a span without ids is rejected alone, with a count and a reason', async () => {
  const answer = await post('/v1/traces', traces(span({}), span({ spanId: '' })), json);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { partialSuccess: { rejectedSpans: '1', errorMessage: '1 rejected: a span without a span id (8 bytes, not all zero)' } },
  ]);
});

test('a data point that is none is rejected alone, and what stands beside it is taken', async () => {
  const dataPoints = [{ asInt: 1, timeUnixNano: `${Date.now()}000000` }, null];
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'beside', gauge: { dataPoints } }] }] }] });
  const answer = await post('/v1/metrics', body, json);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { partialSuccess: { rejectedDataPoints: '1', errorMessage: 'data point is not valid: null' } },
  ]);
});

test('a partial success in protobuf counts too', async () => {
  const type = messageType('ExportTraceServiceRequest');
  const body = type.encode(type.fromObject({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'no ids' }] }] }] })).finish();
  const answer = await post('/v1/traces', new Uint8Array(body), protobuf);
  const response = messageType('ExportTraceServiceResponse');
  const decoded = response.toObject(response.decode(new Uint8Array(await answer.arrayBuffer())), { longs: String });
  expect(decoded).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
});

test.each([
  ['text that is no JSON', '{"resourceSpans": [', json, 'the body is not JSON'],
  [
    'an id that is no hex',
    traces(span({ traceId: 'zz' })),
    json,
    'resourceSpans[0].scopeSpans[0].spans[0].traceId: expected 16 bytes, in hex, got "zz"',
  ],
  ['a kind that is none', traces(span({ kind: 'SERVANT' })), json, 'spans[0].kind: expected a number or one of SPAN_KIND_UNSPECIFIED'],
  ['a list where an object belongs', '{"resourceSpans": [[]]}', json, 'resourceSpans[0]: expected an object, got []'],
  ['bytes that are no gzip', 'x', { ...json, 'content-encoding': 'gzip' }, 'the body is not gzip'],
])('%s is 400 and says where', async (_what, body, headers, message) => {
  const answer = await post('/v1/traces', body, headers);
  expect([answer.status, await answer.json()]).toEqual([400, { code: 3, message: expect.stringContaining(message) }]);
});

const nested = (depth: number): string => `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`;
const lists = '['.repeat(20_000) + ']'.repeat(20_000);

test.each([
  ['values in values in an attribute', '/v1/logs', `{"resourceLogs":[{"resource":{"attributes":[{"key":"k","value":${nested(2_000)}}]}}]}`],
  ['values in values in a body', '/v1/logs', `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${nested(2_000)}}]}]}]}`],
  ['lists in lists for an object', '/v1/traces', `{"resourceSpans":[${lists}]}`],
  ['lists in lists for metrics', '/v1/metrics', `{"resourceMetrics":[${lists}]}`],
])('what is nested by the thousand is 400: %s', async (_what, path, body) => {
  const answer = await post(path, body, json);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { code: 3, message: expect.stringMatching(/more than 100 deep|expected an object, got \[/) },
  ]);
});

test('a data point whose attribute is nested by the thousand is rejected alone', async () => {
  const point = { asInt: 1, timeUnixNano: `${Date.now()}000000` };
  const gauge = { dataPoints: [point, { ...point, attributes: [{ key: 'k', value: 'HERE' }] }] };
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'shallow', gauge }] }] }] });
  const answer = await post('/v1/metrics', body.replace('"HERE"', nested(2_000)), json);
  expect([answer.status, await answer.json()]).toMatchObject([200, { partialSuccess: { rejectedDataPoints: '1' } }]);
  const within = await post('/v1/metrics', body.replace('"HERE"', nested(99)), json);
  expect([within.status, await within.json()]).toEqual([200, {}]);
});

test('protobuf that can not be decoded is 400 with a google.rpc.Status in protobuf', async () => {
  const answer = await post('/v1/logs', new Uint8Array([0xff, 0xff, 0xff]), protobuf);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
  const type = messageType('RpcStatus');
  expect(type.toObject(type.decode(new Uint8Array(await answer.arrayBuffer())))).toMatchObject({
    code: 3,
    message: expect.stringContaining('ExportLogsServiceRequest'),
  });
});

test('another content type, and deflate, are 415 and say what is taken', async () => {
  const text = await post('/v1/metrics', 'x', { 'content-type': 'text/plain' });
  expect([text.status, text.headers.get('accept')]).toEqual([415, 'application/x-protobuf, application/json']);
  const deflated = await post('/v1/traces', deflateSync(traces(span({}))), { ...json, 'content-encoding': 'deflate' });
  expect([deflated.status, deflated.headers.get('accept-encoding')]).toEqual([415, 'gzip']);
  expect(await deflated.json()).toMatchObject({ message: 'Content-Encoding "deflate" is not taken; send gzip or none' });
});

test('a body over the limit is 413, and so is a small one that unpacks to more', async () => {
  const big = traces(span({ name: 'x'.repeat(bodyLimitBytes) }));
  expect((await post('/v1/traces', big, json)).status).toBe(413);
  const bomb = await post('/v1/traces', gzipSync(big), { ...json, 'content-encoding': 'gzip' });
  expect([bomb.status, await bomb.json()]).toEqual([
    413,
    { code: 8, message: `the body unpacks to more than ${bodyLimitBytes} bytes; send smaller batches` },
  ]);
  const near = gzipSync(traces(span({ name: 'x'.repeat(bodyLimitBytes - 500) })));
  expect((await post('/v1/traces', near, { ...json, 'content-encoding': 'gzip' })).status).toBe(200);
});

test('a stack that is full of work answers 503 with Retry-After', async () => {
  await using busy = await startTestStack({ concurrency: 0 });
  const answer = await fetch(`${busy.url}/v1/traces`, { method: 'POST', body: '{}', headers: json });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});

const inTime = { timeout: 10_000 };

/** The head and the first half of a request. */
const beginExport = async (to: TestStack): Promise<Socket> => {
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{');
  return socket;
};

test('a body that is on its way takes a place until it was answered, or its sender has left', async () => {
  await using busy = await startTestStack({ concurrency: 1, bodyLimitBytes });
  const send = async (body: string, headers: Readonly<Record<string, string>> = json): Promise<number> =>
    (await fetch(`${busy.url}/v1/traces`, { method: 'POST', body, headers })).status;
  const answered = await beginExport(busy);
  await expect.poll(() => send('{}'), inTime).toBe(503);
  answered.write('}');
  expect(String((await once(answered, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /);
  expect(await send('{}')).toBe(200);
  answered.destroy();
  const left = await beginExport(busy);
  await expect.poll(() => send('{}'), inTime).toBe(503);
  left.destroy();
  await expect.poll(() => send('{}'), inTime).toBe(200);
  // No ending gives back more than its place, and none keeps it.
  for (const [body, headers, status] of [
    ['{', json, 400],
    ['{}', { 'content-type': 'text/plain' }, 415],
    ['x'.repeat(2 * bodyLimitBytes), json, 413],
    ['{}', json, 200],
  ] as const)
    expect(await send(body, headers)).toBe(status);
  const last = await beginExport(busy);
  await expect.poll(() => send('{}'), inTime).toBe(503);
  last.destroy();
});

test('a request that is not there as a whole within a minute loses its place', async () => {
  const app = await createStack({ metrics: metricBackend(systemClock) });
  expect(app.server.requestTimeout).toBe(60_000);
  await app.close();
});

test('the paths of Prometheus and Loki take the same requests', async () => {
  expect((await post('/api/v1/otlp/v1/metrics', '{}', json)).status).toBe(200);
  expect((await post('/otlp/v1/logs', '{}', json)).status).toBe(200);
});

test('the status tells what was received, from whom and when, and what was dropped', async () => {
  await using small = await startTestStack({ traces: { maxBytes: 2 ** 20, maxTraces: 1, maxSpansPerTrace: 10, maxAgeMs: 60_000 } });
  const send = async (traceId: string) =>
    fetch(`${small.url}/v1/traces`, { method: 'POST', body: traces(span({ traceId })), headers: json });
  await send('1'.repeat(32));
  await send('2'.repeat(32));
  const droppedSince = async (since: unknown) => (await fetch(`${small.url}/embedded/status?since=${String(since)}`)).json();
  // The first one went, and it had come before the next minute.
  expect(await droppedSince(Date.now() + 60_000)).toMatchObject({ dropped: 1, droppedSince: 0 });
  expect(await droppedSince(Date.now() - 60_000)).toMatchObject({ dropped: 1, droppedSince: 1 });
  expect(await droppedSince('yesterday')).toEqual({ error: 'since must be a time in epoch milliseconds, not "yesterday"' });
  const status = await (await fetch(`${small.url}/embedded/status`)).json();
  expect(status).toMatchObject({
    received: { traces: { requests: 2, accepted: 2, services: { unknown_service: { items: 2, lastReceivedAt: expect.any(String) } } } },
    kept: { traces: { traces: 1, spans: 1, droppedTraces: 1, droppedSpans: 1 } },
    dropped: 1,
    memory: { rss: expect.any(Number) },
  });
  expect((await fetch(`${small.url}/ready`)).status).toBe(200);
});
