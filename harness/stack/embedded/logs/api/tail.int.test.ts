import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../../engine/clock.ts';
import type { StoredEntry } from '../log-store.ts';
import { createLogStore } from '../log-store.ts';
import { limits } from '../logql/testing.ts';
import { serveTails, tailPath } from './tail.ts';

test('a reader whose lines can not be made is told why, and closed', async () => {
  const listeners: ((added: readonly StoredEntry[]) => void)[] = [];
  const stopped = Promise.withResolvers<void>();
  const follow = (listener: (added: readonly StoredEntry[]) => void) => {
    listeners.push(listener);
    return stopped.resolve;
  };
  const server = createServer();
  const end = serveTails(server, { logs: { ...createLogStore(limits), follow }, clock: systemClock });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const query = new URLSearchParams({ query: '{service_name="app"}' });
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${tailPath}?${query.toString()}`);
  await once(socket, 'open');
  const labels = new Map([['service_name', 'app']]);
  const entry = new Proxy({} as StoredEntry['entry'], {
    get: () => {
      throw new RangeError(`Maximum call stack size exceeded ${'…'.repeat(100)}`);
    },
  });
  for (const listener of listeners) listener([{ stream: { key: 'app', labels }, entry }]);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1011, expect.stringMatching(/^Maximum call stack size exceeded …+/)]);
  await stopped.promise;
  end();
  server.close();
});
