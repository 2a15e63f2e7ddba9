import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startTestStack } from '../../testing.ts';
import type { TestStack } from '../../testing.ts';
import { tailPath } from './tail.ts';

/** A client that does not close its side of the connection when the server does. */
const offer = async (stack: TestStack, path: string, protocol: string): Promise<Socket> => {
  const socket = connect({ port: Number(new URL(stack.url).port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`);
  return socket;
};

const statusOf = async (socket: Socket): Promise<string> => {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString().split('\r\n', 1)[0]!;
};

const isReady = async (stack: TestStack): Promise<boolean> => (await fetch(`${stack.url}/ready`)).ok;

const noTail = `${tailPath}?query=none`;

test.each([
  ['/ready', 'h2c', 'HTTP/1.1 200 OK'],
  ['/ready', 'websocket', 'HTTP/1.1 200 OK'],
  [tailPath, 'h2c', 'HTTP/1.1 404 Not Found'],
  ['//', 'websocket', 'HTTP/1.1 404 Not Found'],
  [noTail, 'WebSocket', 'HTTP/1.1 400 Bad Request'],
])('%s with an offer of %s is answered with %s', async (path, protocol, status) => {
  await using stack = await startTestStack();
  const socket = await offer(stack, path, protocol);
  expect(await statusOf(socket)).toBe(status);
  socket.destroy();
  expect(await isReady(stack)).toBe(true);
});

test('a connection that is reset after an offer was refused is no more than that connection', async () => {
  await using stack = await startTestStack();
  const socket = await offer(stack, noTail, 'websocket');
  await statusOf(socket);
  socket.resetAndDestroy();
  const unanswered = await offer(stack, '/elsewhere', 'websocket');
  expect(await isReady(stack)).toBe(true);
  unanswered.resetAndDestroy();
  expect(await isReady(stack)).toBe(true);
});

test('the server closes while a client holds on to a connection on which it offered another protocol', async () => {
  const stack = await startTestStack();
  const refused = await offer(stack, noTail, 'websocket');
  await statusOf(refused);
  const elsewhere = await offer(stack, '/elsewhere', 'h2c');
  expect(await isReady(stack)).toBe(true);
  await stack[Symbol.asyncDispose]();
  for (const socket of [refused, elsewhere]) socket.destroy();
});
