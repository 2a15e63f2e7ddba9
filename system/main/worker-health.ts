// /health and /ready of a worker. No framework: a worker's memory is for its threads.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portTaken } from './port-taken.ts';
import { describePortOwner } from './start/port-owner.ts';

export type HealthOptions = {
  readonly host: string;
  readonly port: number;
  /** Null: ready; else why not. */
  readonly notReady: () => string | null;
  readonly describe: () => Readonly<Record<string, unknown>>;
};

export type HealthServer = AsyncDisposable & { readonly address: string };

export const startHealthServer = async (options: HealthOptions): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.method ?? 'GET', request.url ?? '/', options);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  });
  await listen(server, options);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
};

const answer = (method: string, url: string, { notReady, describe }: HealthOptions) => {
  const path = url.split('?')[0];
  if (path !== '/health' && path !== '/ready') return problem(404, 'not_found', `There is no ${path} here: ask for /health or /ready.`);
  if (method !== 'GET' && method !== 'HEAD') return problem(405, 'method_not_allowed', `${path} is asked for with GET.`);
  if (path === '/health') return { status: 200, body: { status: 'ok' } };
  const reason = notReady();
  return reason === null ? { status: 200, body: { status: 'ready', ...describe() } } : problem(503, 'storage_unavailable', reason);
};

const problem = (status: number, code: string, message: string) => ({ status, body: { error: { code, message } } });

const listen = async (server: Server, { host, port }: HealthOptions): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause;
    throw portTaken({ port, host, variable: 'FAULTLINE_PORT', owner: await describePortOwner(port), mayShare: false, cause });
  }
};
