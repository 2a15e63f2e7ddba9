// Who is slow on purpose holds a connection of the query door for a while, and no more.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startQueryUnderTest } from './testing.ts';

const said = async (port: number, send: (write: (text: string) => void) => () => void): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  const stop = send((text) => void socket.write(text));
  await once(socket, 'close');
  stop();
  return Buffer.concat(chunks).toString();
};

test('headers that come a byte now and then end with 408, and others are answered meanwhile', async () => {
  await using query = await startQueryUnderTest({ headersTimeoutMs: 400 });
  const address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  const slow = said(Number(new URL(address).port), (write) => {
    write('GET /events HTTP/1.1\r\nhost: x\r\n');
    const timer = setInterval(() => write('x'), 50);
    return () => clearInterval(timer);
  });
  expect((await fetch(`${address}/events`)).status).toBe(200);
  expect(await slow).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
});

test.each([
  ['headers over 16 KiB', `GET /events HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ['what is no HTTP', 'nonsense\r\n\r\n', 400, 'invalid_request'],
  ['two lengths', 'POST /recovery/jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400, 'invalid_request'],
] as const)('%s are answered with a code of their own', async (_what, text, status, code) => {
  await using query = await startQueryUnderTest();
  const address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await said(Number(new URL(address).port), (write) => {
    write(text);
    return () => {};
  });
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*"code":"${code}"`, 's'));
});
