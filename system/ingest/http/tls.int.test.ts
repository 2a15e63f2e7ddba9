import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestCertificate } from '../../contract/testing.ts';
import { sendRaw, startTestDoor, type TestDoor } from './testing.ts';

const { cert, key } = createTestCertificate();
const agent = new Agent({ connect: { ca: cert } });
let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor({ tls: { cert: Buffer.from(cert), key: Buffer.from(key) }, headersTimeoutMs: 2000 });
});

afterAll(async () => {
  await agent.close();
  await door[Symbol.asyncDispose]();
});

const event = JSON.stringify({ system_name: 's', object_id: 'o', event_name: 'n', event_time: '2026-01-01T00:00:00Z', metadata: {} });

test('an event comes over TLS, to a client that trusts the certificate; health is on both ports', async () => {
  const { address, adminAddress } = door.server;
  expect(address).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const init = { method: 'POST', body: event, headers: { 'content-type': 'application/json' } };
  expect((await fetch(`${address}/events`, { ...init, dispatcher: agent })).status).toBe(200);
  expect((await fetch(`${adminAddress}/health`, { dispatcher: agent })).status).toBe(200);
  await expect(fetch(`${address}/events`, init)).rejects.toThrow('fetch failed');
});

test('a broken request over TLS gets its answer in the contract, as without', async () => {
  const socket = connect({ port: Number(new URL(door.server.address).port), host: '127.0.0.1', ca: cert });
  await once(socket, 'secureConnect');
  socket.write('HELLO\r\n\r\n');
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 400 [^]*invalid_request/);
  socket.destroy();
});

test('TLS below 1.2 is refused by the server, where a client would take it', async () => {
  const port = Number(new URL(door.server.address).port);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const socket = connect({ port, host: '127.0.0.1', ca: cert, ...old });
  const refused = Promise.withResolvers<NodeJS.ErrnoException>();
  socket.on('error', refused.resolve);
  expect((await refused.promise).code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test('plain HTTP, noise, and a handshake that never comes are cut off, and the next client is served', async () => {
  const { address } = door.server;
  expect(await sendRaw(address, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n')).not.toContain('200 OK');
  expect(await sendRaw(address, Buffer.from([0x16, 3, 1, 255, 255, 0, 0]), Buffer.alloc(64, 7))).not.toContain('200 OK');
  const silent = connectPlain(Number(new URL(address).port), '127.0.0.1');
  silent.on('error', () => {});
  silent.resume();
  await once(silent, 'close');
  expect((await fetch(`${address}/health`, { dispatcher: agent })).status).toBe(200);
});

test('while it stops, a request on an open connection is answered and told to come elsewhere', async () => {
  const own = await startTestDoor({ tls: { cert: Buffer.from(cert), key: Buffer.from(key) } });
  const socket = connect({ port: Number(new URL(own.server.address).port), host: '127.0.0.1', ca: cert });
  await once(socket, 'secureConnect');
  const request = `POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${event.length}\r\n\r\n${event}`;
  socket.write(request);
  expect(String((await once(socket, 'data'))[0])).toContain('Connection: keep-alive');
  const stopped = own.server.stop();
  socket.write(request);
  expect(String((await once(socket, 'data'))[0])).toContain('connection: close');
  await stopped;
});
