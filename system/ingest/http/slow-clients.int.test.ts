import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { sendRaw, startTestDoor } from './testing.ts';

const timeouts = { headersTimeoutMs: 600, requestTimeoutMs: 1500 };

const codeOf = (answer: string): unknown =>
  (JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { error: { code: string } }).error.code;

test.each([
  ['says nothing at all', ''],
  ['never ends its headers', 'POST /events HTTP/1.1\r\nhost: x\r\n'],
  ['never sends its body', 'POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n'],
  [
    'never ends a body of unknown length',
    'POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
  ],
])('a client that %s is told so, and its connection is closed', async (_what, text) => {
  await using door = await startTestDoor(timeouts);
  const startedAt = performance.now();
  const answer = await sendRaw(door.server.address, text);
  expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
  expect(codeOf(answer)).toBe('request_timeout');
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('a client that sends a byte now and then gains no time by it, and others are answered meanwhile', async () => {
  await using door = await startTestDoor(timeouts);
  const slow = Array.from({ length: 50 }, () => connect(Number(new URL(door.server.address).port), '127.0.0.1'));
  const drips = slow.map((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write('POST /events HTTP/1.1\r\nhost: x\r\n');
    return setInterval(() => void (socket.writable && socket.write('a: b\r\n')), 50);
  });
  const closed = Promise.all(slow.map((socket) => once(socket, 'close')));
  expect((await fetch(`${door.server.address}/health`)).status).toBe(200);
  await closed;
  for (const drip of drips) clearInterval(drip);
});

test('large bodies that are on their way in are bounded together; small ones are taken, and room comes back with each answer or end', async () => {
  await using door = await startTestDoor({ bodiesLimitBytes: 20_000 });
  const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: 't', metadata: {} });
  const headers = { 'content-type': 'application/json' };
  const large = `[${event}${' '.repeat(12_000)}]`;
  const send = async (path: string, body: string | ReadableStream) => {
    const init = { method: 'POST', headers, body, duplex: 'half' };
    const response = await fetch(`${door.server.address}${path}`, init as RequestInit);
    return [response.status, response.headers.get('retry-after'), response.headers.get('connection')];
  };
  const unsaid = () => new Blob([event]).stream();
  // One after the other there is room for any number.
  for (let sent = 0; sent < 3; sent += 1) expect((await send('/events/batch', large))[0]).toBe(200);
  const slow = connect(Number(new URL(door.server.address).port), '127.0.0.1');
  slow.on('error', () => {});
  slow.write('POST /events/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15000\r\n\r\n[');
  await expect.poll(() => send('/events/batch', large)).toEqual([503, '1', 'close']);
  expect(await send('/events/batch', unsaid())).toEqual([503, '1', 'close']);
  // Beside it there is room for one event of unknown length, and for what is small.
  expect((await send('/events', unsaid()))[0]).toBe(200);
  expect((await send('/events', event))[0]).toBe(200);
  expect((await send('/events/batch', ' '.repeat(20_000)))[0]).toBe(413);
  slow.destroy();
  await expect.poll(async () => (await send('/events/batch', large))[0]).toBe(200);
});

test('batches that wait for ids are bounded with the large bodies, small ones and those whose clients have left, too', async () => {
  await using door = await startTestDoor({ bodiesLimitBytes: 20_000 });
  const ids = Promise.withResolvers<{ first: number; count: number }>();
  let asked = 0;
  Object.assign(door.stream, { takeIds: () => ((asked += 1), ids.promise) });
  const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: 't', metadata: {} });
  const body = `[${event}${' '.repeat(9000 - event.length)}]`;
  const send = (signal: AbortSignal | null = null) =>
    fetch(`${door.server.address}/events/batch`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
  const leaving = new AbortController();
  const left = send(leaving.signal);
  await expect.poll(() => asked).toBe(1);
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
  const statuses: number[] = [];
  const sent = Array.from({ length: 3 }, () => send().then(({ status }) => statuses.push(status)));
  await expect.poll(() => statuses).toEqual([503, 503]);
  ids.resolve({ first: 1, count: 10_000 });
  await Promise.all(sent);
  expect(statuses).toEqual([503, 503, 200]);
  await expect.poll(async () => (await send()).status).toBe(200);
});

test.each([
  ['one long one', `x: ${'y'.repeat(20_000)}\r\n`],
  ['many short ones', Array.from({ length: 3000 }, (_, index) => `ce-x${index}: y\r\n`).join('')],
])('headers beyond 16 KiB in %s are 431', async (_what, headers) => {
  await using door = await startTestDoor();
  const answer = await sendRaw(door.server.address, `POST /events HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 431 /);
  expect(codeOf(answer)).toBe('headers_too_large');
});

test('of very many short headers none is left out', async () => {
  await using door = await startTestDoor();
  const many = 'a:\r\n'.repeat(3000);
  const request = `POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n${many}ce-specversion: 1.0\r\nce-id: 1\r\nce-source: s\r\n\r\n`;
  // It is seen to be a CloudEvent without a type.
  expect(await sendRaw(door.server.address, request)).toContain('/type is missing');
});

test('an idle connection between two requests is not held to the time that headers may take', async () => {
  await using door = await startTestDoor(timeouts);
  const socket = connect(Number(new URL(door.server.address).port), '127.0.0.1');
  const get = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';
  socket.write(get);
  expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  await new Promise((resolve) => setTimeout(resolve, 2 * timeouts.requestTimeoutMs));
  socket.write(get);
  expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
  socket.destroy();
});
