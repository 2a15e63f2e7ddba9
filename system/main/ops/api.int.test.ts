import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createTestCertificate } from '../../contract/testing.ts';
import { createApi } from './api.ts';

test.each([
  ['https', /certificate[^]*\. Name the file of its certificate in NODE_EXTRA_CA_CERTS\.$/],
  ['http', /\. Where it speaks HTTPS, say so: --url https:\/\/…\.$/],
])('who asks a process with a certificate of its own by %s is told what to do', async (protocol, words) => {
  await using server = createServer(createTestCertificate(), (_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`, null);
  await expect(api.get('/dead-letters')).rejects.toThrow(words);
});

test("a refusal has the API's code, for those who know what to make of it", async () => {
  const answer = JSON.stringify({ error: { code: 'not_found', message: 'There is none.' } });
  await using server = createHttpServer((_request, response) => void response.writeHead(404).end(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null);
  await expect(api.get('/timelines/shop/a')).rejects.toMatchObject({ code: 'not_found', message: 'There is none. (not_found)' });
});

test.each([
  ['an answer that does not come leaves open whether it was asked for', true],
  ['a connection that is refused does not', false],
])('%s', async (_what, isThere) => {
  const server = createHttpServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null);
  if (!isThere) await new Promise((resolve) => void server.close(resolve));
  await expect(api.post('/recovery/jobs', {})).rejects.toMatchObject({ mayBeAsked: isThere });
  await expect(api.get('/recovery/jobs/1')).rejects.toMatchObject({ mayBeAsked: false });
  server.close();
});
