import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Reply } from '../reply.ts';
import { createConnections } from './connections.ts';
import { send } from './send.ts';

/** A port at which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

test('requests that wait for the one connection there is each end with their own refusal', async () => {
  await using connections = await createConnections(`http://127.0.0.1:${await closedPort()}`, { ahead: 0, most: 1 });
  const sendOne = (): Promise<Reply> =>
    new Promise((resolve) => {
      connections.lease((client, release) => void send(client, { path: '/', headers: [], body: Buffer.from('{}') }, resolve, release));
    });
  const replies = await Promise.all([sendOne(), sendOne(), sendOne()]);
  expect(replies).toMatchObject(Array.from({ length: 3 }, () => ({ kind: 'error', error: { code: 'ECONNREFUSED' } })));
});
