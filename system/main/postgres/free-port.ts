// A free port on loopback. PostgreSQL can't pick one itself; whoever uses it tries again when someone was faster.
import { createServer } from 'node:net';
import { once } from 'node:events';

/** Listens on the port (0: any) for a moment and returns its number. Rejects with EADDRINUSE or EACCES. */
export const findFreePort = async (port = 0, host = '127.0.0.1'): Promise<number> => {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError(`a TCP server has no port: ${String(address)}`);
  return address.port;
};
