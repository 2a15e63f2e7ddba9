// Holds k6 back until the run's zero is known: its setup, for which all of its virtual users are there already, asks here, and is answered when traffic may begin.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Gate = AsyncDisposable & {
  readonly url: string;
  /** Resolves when k6 is ready. */
  readonly asked: Promise<void>;
  /** `zeroAt` in epoch milliseconds. */
  open(zeroAt: number): void;
};

export const createGate = async (): Promise<Gate> => {
  const [asked, zero] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
  const server = createServer((_request, response) => {
    asked.resolve();
    void zero.promise.then((zeroAt) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ zeroAt })));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: asked.promise,
    open: zero.resolve,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
