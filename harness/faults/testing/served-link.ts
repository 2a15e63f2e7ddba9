// For tests of faults: an HTTP server behind a link.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openTcpLink } from '../../network/tcp-link.ts';
import { systemTimers } from '../../network/timers.ts';
import type { RunningTarget } from '../../targets/target.ts';
import { partialTarget } from './fault-world.ts';
import { handleOf } from './link-handle.ts';

export type ServedLink = AsyncDisposable & {
  readonly target: RunningTarget;
  /** Through the link. */
  readonly url: string;
};

const bodyBytes = 20_000;

/** `deaf`: the link takes effects and does nothing. */
export const serveLink = async (deaf = false): Promise<ServedLink> => {
  const server = createServer((_request, response) => response.end('x'.repeat(bodyBytes)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const link = await openTcpLink({ to: { host: '127.0.0.1', port }, protocol: 'tcp', timers: systemTimers });
  const url = `http://127.0.0.1:${link.port}`;
  return {
    url,
    target: partialTarget({ links: () => [{ name: 'driver-ingest', url, protocol: 'http', proxy: handleOf(link, deaf) }] }),
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
    },
  };
};
