// What is refused below the framework, on the bare connection, is counted as every refusal is: once, under the code that was said.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { statusesIn } from '../../contract/testing.ts';
import { noIngestTelemetry, type RequestMeasure } from '../telemetry.ts';
import { sendRaw, startTestDoor, type TestDoor } from './testing.ts';

const openDoor = async () => {
  const refused: (readonly [code: string, tenant: string | null])[] = [];
  const ends: RequestMeasure[] = [];
  const telemetry = {
    ...noIngestTelemetry,
    refused: (code: string, tenant: string | null = null) => void refused.push([code, tenant]),
    requestEnded: (measure: RequestMeasure) => void ends.push(measure),
  };
  return { refused, ends, door: await startTestDoor({ telemetry, headersTimeoutMs: 300, requestTimeoutMs: 600 }) };
};

const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} });
const slowDown = ({ stream }: TestDoor, byMs: number) => {
  const { append } = stream;
  Object.assign(stream, { append: (...given: Parameters<typeof append>) => wait(byMs).then(() => append(...given)) });
};

const post = 'POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const head = (bytes: number) => `${post}content-length: ${bytes}\r\n\r\n`;
const whole = head(event.length) + event;
const tooLarge = `${post}x: ${'y'.repeat(20_480)}\r\n\r\n`;

test.each([
  ['headers beyond 16 KiB', tooLarge, '431', 'headers_too_large'],
  ['headers that never end', post, '408', 'request_timeout'],
  ['what is no HTTP', 'hello\r\n\r\n', '400', 'invalid_request'],
])('%s: counted once, as nobody’s', async (_what, text, status, code) => {
  const { door, refused, ends } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, text)).toContain(`HTTP/1.1 ${status} `);
  expect(refused).toEqual([[code, null]]);
  expect(ends).toEqual([]);
});

test.each([
  ['a body that never ends', 'content-length: 100\r\n\r\n{', 408, 'request_timeout'],
  ['a body in chunks that are none', 'transfer-encoding: chunked\r\n\r\nzz\r\n', 400, 'invalid_request'],
])('%s: counted once, as its tenant’s, and measured by the status that was said', async (_what, rest, status, code) => {
  const { door, refused, ends } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, post + rest)).toContain(`HTTP/1.1 ${status} `);
  await expect.poll(() => ends.map((end) => [end.status, end.error])).toEqual([[status, null]]);
  expect(refused).toEqual([[code, 'default']]);
});

test('a connection that says nothing is closed with 408, and no event was refused', async () => {
  const { door, refused } = await openDoor();
  await using _door = door;
  expect(await sendRaw(door.server.address, '')).toContain('HTTP/1.1 408 ');
  expect(refused).toEqual([]);
});

test.each([
  ['stray bytes', 'GARBAGE\r\n\r\n', [200], 1],
  ['headers beyond 16 KiB', tooLarge, [200], 1],
  ['another, and stray bytes', `${whole}GARBAGE\r\n\r\n`, [200, 200], 2],
])('a request that came whole, with %s behind it, gets its own answer', async (_what, rest, statuses, stored) => {
  const { door, refused, ends } = await openDoor();
  await using _door = door;
  slowDown(door, 50);
  const answers = await sendRaw(door.server.address, whole + rest);
  expect([statusesIn(answers), door.stream.log.length]).toEqual([statuses, stored]);
  expect(answers.toLowerCase()).toContain('connection: close');
  expect(refused).toEqual([]);
  await expect.poll(() => ends.filter(({ status }) => status === 200)).toHaveLength(stored);
});

test('while a request waits for its answer, another whose time is up behind it is not told so, and the connection ends with the answer', async () => {
  const { door, refused } = await openDoor();
  await using _door = door;
  slowDown(door, 1500);
  const answers = await sendRaw(door.server.address, whole + head(1000) + event);
  expect([statusesIn(answers), door.stream.log.length]).toEqual([[200], 1]);
  // As all that break off.
  expect(refused).toEqual([['invalid_request', 'default']]);
});

test('what was refused on the bare connection is not stored when its rest comes late, and the connection is closed on who goes on', async () => {
  const { door, refused } = await openDoor();
  await using _door = door;
  const socket = connect({ port: Number(new URL(door.server.address).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(head(event.length) + event.slice(0, 20));
  expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 408 ');
  const closed = new Promise((resolve) => void socket.on('close', resolve));
  socket.write(event.slice(20));
  await wait(100);
  expect([door.stream.log, refused]).toEqual([[], [['request_timeout', 'default']]]);
  socket.write('x');
  await closed;
});

test.each([
  ['headers beyond 16 KiB', tooLarge, 431, 'headers_too_large', null],
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'invalid_request', null],
  ['headers that never end', post, 408, 'request_timeout', null],
  ['a body that never ends', `${head(100)}{`, 408, 'request_timeout', 'default'],
])('on a connection that had an answer before, %s are refused and counted as on a new one', async (_what, text, status, code, tenant) => {
  const { door, refused } = await openDoor();
  await using _door = door;
  const socket = connect(Number(new URL(door.server.address).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  expect(statusesIn(Buffer.concat(chunks).toString())).toEqual([status]);
  expect(refused).toEqual([[code, tenant]]);
});

test('a request that was answered before it came whole is not answered twice', async () => {
  const { door, refused } = await openDoor();
  await using _door = door;
  const answers = await sendRaw(
    door.server.address,
    `${post.replace('/events', '/nowhere')}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n`,
  );
  expect([statusesIn(answers).length, door.stream.log]).toEqual([1, []]);
  expect(refused.length).toBeLessThanOrEqual(1);
});
