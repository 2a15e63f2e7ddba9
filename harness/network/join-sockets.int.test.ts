import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { joinSockets } from './join-sockets.ts';
import { createLinkCounts } from './link-counts.ts';
import { createLinkState } from './link-state.ts';
import { startEcho } from './testing.ts';
import { systemTimers } from './timers.ts';

test('a connection whose end is just being told is reset all the same, and nothing of it stays open', async () => {
  await using echo = await startEcho();
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  const [near] = (await once(server, 'connection')) as [Socket];
  const far = connect({ port: echo.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(far, 'connect');
  near.on('error', () => undefined);
  const onGone = vi.fn<() => void>();
  const shared = { state: createLinkState(), counts: createLinkCounts(), timers: systemTimers };
  const joint = joinSockets({ near, far, ...shared, inspector: null, onGone });
  const [nearClosed, clientClosed] = [once(near, 'close'), once(client, 'close')];
  near.end();
  joint.cut('reset');
  await Promise.all([nearClosed, clientClosed]);
  expect(onGone).toHaveBeenCalled();
  server.close();
});
