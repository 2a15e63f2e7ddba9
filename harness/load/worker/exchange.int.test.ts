import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createConnections } from '../../drivers/http/connections.ts';
import { type ExchangeEnd, startExchange } from './exchange.ts';

test('requests that wait for the one connection there is each end with their own refusal', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
  await using connections = await createConnections(origin, { ahead: 0, most: 1 });
  const request = { origin, method: 'GET', path: '/', headers: [], body: null };
  const sendOne = (): Promise<ExchangeEnd> =>
    new Promise((resolve) => {
      connections.lease((client, release) => void startExchange(client, request, resolve, release));
    });
  const ends = await Promise.all([sendOne(), sendOne(), sendOne()]);
  expect(ends).toMatchObject(Array.from({ length: 3 }, () => ({ kind: 'error', error: { code: 'ECONNREFUSED' } })));
});
