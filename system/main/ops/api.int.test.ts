import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestCertificate } from '../../contract/testing.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { createApi } from './api.ts';

const system = { clock: systemClock, sleep: (delayMs: number) => sleep(delayMs) };

test.each([
  ['https', /certificate[^]*\. Name the file of its certificate in NODE_EXTRA_CA_CERTS\.$/],
  ['http', /\. Where it speaks HTTPS, say so: --url https:\/\/…\.$/],
])('who asks a process with a certificate of its own by %s is told what to do', async (protocol, words) => {
  await using server = createServer(createTestCertificate(), (_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`, null, system);
  await expect(api.get('/dead-letters')).rejects.toThrow(words);
});

test("a refusal has the API's code, for those who know what to make of it", async () => {
  const answer = JSON.stringify({ error: { code: 'not_found', message: 'There is none.' } });
  await using server = createHttpServer((_request, response) => void response.writeHead(404).end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null, system);
  await expect(api.get('/timelines/shop/a')).rejects.toMatchObject({ code: 'not_found', message: 'There is none. (not_found)' });
});

test.each([
  ['an answer that does not come leaves open whether it was asked for', true],
  ['a connection that is refused does not', false],
])('%s', async (_what, isThere) => {
  const server = createHttpServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null, system);
  if (!isThere) await new Promise((resolve) => void server.close(resolve));
  await expect(api.post('/recovery/jobs', {})).rejects.toMatchObject({ mayBeAsked: isThere });
  await expect(api.get('/recovery/jobs/1')).rejects.toMatchObject({ mayBeAsked: false });
  server.close();
});

test.each([
  ['as seconds that may be a mistake, or a quota that is raised meanwhile', '3600', 300_000],
  ['as seconds of more digits than an hour has', '10486', 300_000],
  ['as a date', 'Thu, 01 Jan 2026 00:00:09 GMT', 9000],
  ['not at all', undefined, 500],
])('lines over their quota wait for a Retry-After that is given %s', async (_how, retryAfter, expectedMs) => {
  const answers = [
    { status: 429, body: { error: { code: 'quota_exceeded', message: 'Come back later.' } } },
    { status: 200, body: {} },
  ];
  await using server = createHttpServer((request, response) => {
    const { status, body } = answers.shift()!;
    request.resume();
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const slept: number[] = [];
  const times = { clock: { nowMs: () => Date.UTC(2026, 0, 1) }, sleep: async (delayMs: number) => void slept.push(delayMs) };
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null, times);
  await api.send('/imports/f/lines', { from: 1 }, { type: 'application/x-ndjson', body: Buffer.from('{}') });
  expect(slept).toEqual([expectedMs]);
});

/** Answers 429 so often, then that all is well. */
const startOverQuota = async (refusals: number, retryAfter: string | undefined) => {
  let left = refusals;
  const server = createHttpServer((request, response) => {
    request.resume();
    const isOver = (left -= 1) >= 0;
    const body = isOver ? { error: { code: 'quota_exceeded', message: 'Come back later.' } } : {};
    response
      .writeHead(isOver ? 429 : 200, isOver && retryAfter !== undefined ? { 'retry-after': retryAfter } : {})
      .end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const slept: number[] = [];
  const told: string[] = [];
  const times = { clock: { nowMs: () => 0 }, sleep: async (delayMs: number) => void slept.push(delayMs) };
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null, times);
  const content = { type: 'application/x-ndjson', body: Buffer.from('{}'), onQuota: () => void told.push('quota') };
  const send = () => api.send('/imports/f/lines', { from: 1 }, content);
  return { send, slept, told, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};

test('lines over their quota wait for as long as the answers say when to come back, and whoever sends them hears what for', async () => {
  await using over = await startOverQuota(35, '10486');
  await over.send();
  expect(over.slept).toEqual(Array.from({ length: 35 }, () => 300_000));
  expect(over.told).toHaveLength(35);
});

test.each([undefined, '0', 'soon'])('answers over a quota that give no time to wait (Retry-After: %s) are given up', async (retryAfter) => {
  await using over = await startOverQuota(1000, retryAfter);
  await expect(over.send()).rejects.toMatchObject({ code: 'quota_exceeded' });
  expect(over.slept).toHaveLength(19);
});
