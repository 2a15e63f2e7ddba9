import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createApi } from './api.ts';

const serve = async (answer: (n: number, ...parts: Parameters<RequestListener>) => void) => {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    answer((asked += 1), request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { api: createApi(url, null), asked: () => asked, [Symbol.asyncDispose]: close };
};

test('an answer that breaks in its middle is asked for again', async () => {
  await using server = await serve((n, _request, response) => {
    if (n > 1) return void response.end('{"is":"whole"}');
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"is":', () => response.destroy());
  });
  expect(await server.api.get('/x')).toEqual({ is: 'whole' });
  expect(server.asked()).toBe(2);
});

test('a quota of a rate is waited for, as long as the answer says; one of storage is told', async () => {
  await using server = await serve((n, _request, response) => {
    if (n === 2) return void response.end('{}');
    const code = n === 1 ? 'quota_exceeded' : 'storage_quota_exceeded';
    response.writeHead(429, { 'retry-after': '1' }).end(JSON.stringify({ error: { code, message: 'Too much.' } }));
  });
  const content = { type: 'application/x-ndjson', body: Buffer.from('x') };
  const startedAt = performance.now();
  expect(await server.api.send('/x', {}, content)).toEqual({});
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  await expect(server.api.send('/x', {}, content)).rejects.toThrow('Too much. (storage_quota_exceeded)');
});
