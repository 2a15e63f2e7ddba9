// What the tests of load share: a small server that answers as it is told, and a job for the workers.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestSource } from './request/request-source.ts';
import type { WorkerJob } from './workers.ts';

export type TestServer = AsyncDisposable & { readonly origin: string };
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export const startTestServer = async (answer: Answer): Promise<TestServer> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

export const jobFor = (
  origin: string,
  ratePerSecond: number,
  seconds: number,
  more: Partial<WorkerJob> = {},
  request: Partial<RequestSource> = {},
): WorkerJob => ({
  stages: [{ name: 'steady', kind: 'steady', seconds, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }],
  arrivals: 'constant',
  seed: 1,
  request: {
    method: 'POST',
    origin,
    path: '/',
    headers: [],
    body: '{{id}}',
    keys: { kind: 'uniform', count: 10 },
    batch: null,
    ...request,
  },
  firstNumber: 0,
  okStatuses: [[200, 399]],
  timeoutMs: 5000,
  connections: 256,
  retry: null,
  sliceMs: 1000,
  ...more,
});
