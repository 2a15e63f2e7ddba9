// Connections used in turn, one request at a time on each, so that all ingest processes behind one port get their share. What finds none free waits here:
// that is the target's latency, never the generator's lateness.
import { Client } from 'undici';
import { createQueue } from './queue.ts';

export type Release = () => void;

export type Connections = AsyncDisposable & {
  /** Calls `use` with a connection, at once or when one is free; `release` gives it back, and must be called once. */
  lease(use: (client: Client, release: Release) => void): void;
};

const connectTimeoutMs = 5000;
const keepAliveMs = 60_000;
/** Opened before an old one is used again, so that few requests are also spread over all processes. */
const inTurn = 32;

export const createConnections = (origin: string, most: number): Connections => {
  const all: Client[] = [];
  const free = createQueue<Client>();
  const waiting = createQueue<(client: Client, release: Release) => void>();
  const run = (client: Client, use: (client: Client, release: Release) => void): void =>
    use(client, () => {
      const next = waiting.shift();
      if (next === undefined) free.push(client);
      else run(client, next);
    });
  const openOne = (): Client => {
    const client = new Client(origin, {
      pipelining: 1,
      connectTimeout: connectTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    all.push(client);
    return client;
  };
  return {
    lease: (use) => {
      const open = all.length < Math.min(inTurn, most) || (free.size === 0 && all.length < most);
      const client = open ? openOne() : free.shift();
      if (client === undefined) waiting.push(use);
      else run(client, use);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map((client) => client.destroy()));
    },
  };
};
