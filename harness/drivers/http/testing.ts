// For tests of the driver: a small scenario, and servers that answer as they are told.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scenario, Traffic } from '../../scenario/scenario.ts';

export const scenarioOf = (traffic: Partial<Traffic> = {}, seconds = 1): Scenario => ({
  name: 'test',
  title: 'Test',
  why: 'Test.',
  target: { processes: { ingest: 1, worker: 1, query: 1 } },
  phases: [{ name: 'only', kind: 'steady', seconds, ratePerSecond: 200 }],
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 10 }, ...traffic },
  faults: [],
  expectations: [],
  mustBeSeen: [],
  budgets: [],
  detection: { fires: [] },
  drainWithinSeconds: 1,
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export const listen = async (answer: Answer): Promise<AsyncDisposable & { readonly url: string }> => {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
export const reply = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
