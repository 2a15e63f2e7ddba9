// Ends an HTTP server without a reset for anyone: stop listening, say `connection: close` for a moment, then close what is idle.
import { Server as NetServer } from 'node:net';
import { setImmediate as nextCheck, setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** A client that sends on an idle connection in this time gets its answer, and is told to come elsewhere next. */
const graceMs = 250;

/** `longestMs`: what is not answered by then is cut off. */
export const stopGently = async (instance: FastifyInstance, longestMs: number): Promise<void> => {
  const { server } = instance;
  const closed = new Promise<void>((resolve) => void server.once('close', resolve));
  // Right after the event loop has accepted what came in: a connection that the kernel holds and nobody accepted would be reset.
  await nextCheck();
  await nextCheck();
  // http.Server.close would also destroy idle connections now, in the face of a request that is on its way on one.
  NetServer.prototype.close.call(server);
  const closeIdle = async (): Promise<void> => {
    // Timers come first in a loop that was late: by then what has come in on a connection is read, and it is idle no more.
    await nextCheck();
    await nextCheck();
    server.closeIdleConnections();
  };
  await delay(graceMs);
  await closeIdle();
  const poll = setInterval(() => void closeIdle(), 20);
  const bound = setTimeout(() => server.closeAllConnections(), longestMs);
  await closed;
  clearInterval(poll);
  clearTimeout(bound);
  await instance.close().catch(() => undefined);
};
