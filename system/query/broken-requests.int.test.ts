// What breaks below the framework: nobody is told that nothing was done while it is done, and no answer is written into another.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { statusesIn } from '../contract/testing.ts';
import { append, openSocket } from './consumers/testing.ts';
import { type QueryUnderTest, startQueryUnderTest } from './testing.ts';

let query: QueryUnderTest;
let address: string;
/** The server's ends of the connections, as they came. */
const connections: Socket[] = [];
/** What the parser could not read, once it was dealt with. */
const broke: string[] = [];

beforeAll(async () => {
  query = await startQueryUnderTest();
  query.app.server.on('connection', (socket: Socket) => connections.push(socket));
  query.app.server.on('clientError', ({ code }: NodeJS.ErrnoException) => broke.push(String(code)));
  address = await query.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => query[Symbol.asyncDispose]());

beforeEach(async () => {
  broke.length = 0;
  await query.pool.query('truncate erasures cascade');
});

const erasure = JSON.stringify({ system_name: 'shop', object_id: 'order-1', requested_by: 'ann', why: 'a test' });
const post = 'POST /erasures HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const head = `${post}content-length: ${erasure.length}\r\n\r\n`;
const whole = head + erasure;
const tooLarge = `${post}x: ${'y'.repeat(20_480)}\r\n\r\n`;

const open = () => {
  const socket = connect({ port: Number(new URL(address).port), host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { socket, said: () => Buffer.concat(chunks).toString() };
};

/** Nothing is asked for until it is let go. */
const holdErasures = async () => {
  const client = await query.pool.connect();
  await client.query('begin; lock table erasures in access exclusive mode');
  const letGo = async () => {
    await client.query('rollback');
    client.release();
  };
  return { [Symbol.asyncDispose]: letGo };
};

const asked = async () => (await query.pool.query('select from erasures')).rowCount;

test.each([
  ['stray bytes', 'GARBAGE\r\n\r\n', 1],
  ['headers beyond 16 KiB', tooLarge, 1],
  ['another, and stray bytes', `${whole}GARBAGE\r\n\r\n`, 2],
])('a request that came whole, with %s behind it, gets its own answer', async (_what, rest, requests) => {
  const { socket, said } = open();
  const closed = once(socket, 'close');
  socket.on('end', () => socket.end());
  {
    await using _held = await holdErasures();
    socket.write(whole + rest);
    await vi.waitFor(() => expect(broke).toEqual([expect.stringMatching(/^HPE_/)]), { timeout: 20_000 });
    expect(said()).toBe('');
  }
  await closed;
  expect([statusesIn(said()), await asked()]).toEqual([Array.from({ length: requests }, () => 202), requests]);
  expect(said().toLowerCase()).toContain('connection: close');
});

test('what was told that it came too late is not done when its rest comes after that', async () => {
  const { socket, said } = open();
  const before = connections.length;
  socket.write(head + erasure.slice(0, 20));
  await vi.waitFor(() => expect(connections.length).toBe(before + 1), { timeout: 20_000 });
  const ours = connections[before]!;
  await vi.waitFor(() => expect(ours.bytesRead).toBe(head.length + 20), { timeout: 20_000 });
  // The rest is to come before we are gone.
  vi.spyOn(ours, 'destroySoon').mockReturnValue();
  // As Node does after 30 s.
  const tooLate = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  query.app.server.emit('clientError', tooLate, ours);
  await vi.waitFor(() => expect(statusesIn(said())).toEqual([408]), { timeout: 20_000 });
  socket.write(erasure.slice(20));
  await vi.waitFor(() => expect(ours.bytesRead).toBe(whole.length), { timeout: 20_000 });
  await wait(200);
  expect(await asked()).toBe(0);
  socket.destroy();
});

test('stray bytes behind a request whose answer is a stream are not answered in the middle of it', async () => {
  const payload = JSON.stringify({ start: 'earliest' });
  await query.app.inject({ method: 'PUT', url: '/consumers/c', payload, headers: { 'content-type': 'application/json' } });
  const socket = await openSocket(address, '/consumers/c/stream');
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await vi.waitFor(() => expect(said).toContain('200 OK'), { timeout: 20_000 });
  socket.write('GARBAGE\r\n\r\n');
  await vi.waitFor(() => expect(broke).toEqual([expect.stringMatching(/^HPE_/)]), { timeout: 20_000 });
  // Whatever was said to the stray bytes comes before it.
  await append(query, 0, 1);
  await vi.waitFor(() => expect(said).toContain('event: event'), { timeout: 20_000 });
  expect([statusesIn(said), socket.destroyed, said.includes('invalid_request')]).toEqual([[200], false, false]);
  socket.destroy();
});
