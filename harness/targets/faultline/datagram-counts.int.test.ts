// Of a process that listens no more nothing is on its way; of one that is there and does not say, it is not known.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { pendingDatagrams } from './datagram-counts.ts';

const pool = { query: async () => ({ rows: [{ door: 'ingest-1', received: 5 }] }) } as unknown as Pool;
const pendingAt = (port: number) => pendingDatagrams(pool, new Map([['ingest-1', `http://127.0.0.1:${port}`]]));

const answering = async (status: number, body: string): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer((_request, response) => void response.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

const said = (counts: object): string => JSON.stringify({ datagrams: { received: 5, inHands: 0, queueBytes: 0, ...counts } });

test.each([
  ['all is booked', 200, said({}), []],
  ['some are in its hands', 200, said({ inHands: 2 }), ['2 events and 0 bytes of datagrams at ingest-1']],
  ['it fails', 500, '{"error":"no"}', [expect.stringMatching(/^datagrams at ingest-1, as it does not say how many: /)]],
  ['it says nothing that can be read', 200, 'no JSON', [expect.stringMatching(/^datagrams at ingest-1, as it does not say how many: /)]],
])('where %s, that is what is pending', async (_what, status, body, pending) => {
  const { server, port } = await answering(status, body);
  expect(await pendingAt(port)).toEqual(pending);
  server.close();
});

test('where nobody listens any more nothing is', async () => {
  const { server, port } = await answering(200, said({ inHands: 2 }));
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  expect(await pendingAt(port)).toEqual([]);
});
