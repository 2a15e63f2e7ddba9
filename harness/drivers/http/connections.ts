// Connections used in turn, one request at a time on each, so that all ingest processes behind one port get their share. What finds none free waits here:
// that is the target's latency, never the generator's lateness.
import { buildConnector, Client } from 'undici';
import { createQueue } from '../queue.ts';
import { openSockets, type SpareSockets } from './spare-sockets.ts';

export type Release = () => void;
export type Lease = (client: Client, release: Release) => void;

export type Connections = AsyncDisposable & {
  /** Calls `use` with a connection, at once (false) or when one is free (true); `release` gives it back, and must be called once. */
  lease(use: Lease): boolean;
};

const connectTimeoutMs = 5000;
const keepAliveMs = 60_000;
/** Used in turn from the start, so that few requests are also spread over all processes. */
const inTurn = 32;

export type ConnectionLimits = {
  /** Opened before this resolves: a thousand at once, when a spike begins, would make the generator late. */
  readonly ahead: number;
  readonly most: number;
};

export const createConnections = async (origin: string, { ahead, most }: ConnectionLimits): Promise<Connections> => {
  // Sockets that are opened ahead are plain ones; TLS is set up when it is needed.
  const spare = await openSockets(new URL(origin), origin.startsWith('https:') ? 0 : Math.min(ahead, most));
  const connect = connectorFrom(spare);
  const all: Client[] = [];
  const free = createQueue<Client>();
  const waiting = createQueue<Lease>();
  const run = (client: Client, use: Lease): void =>
    use(client, () => {
      const next = waiting.shift();
      if (next === undefined) free.push(client);
      else run(client, next);
    });
  const openOne = (): Client => {
    const client = new Client(origin, { connect, pipelining: 1, keepAliveTimeout: keepAliveMs, headersTimeout: 0, bodyTimeout: 0 });
    all.push(client);
    return client;
  };
  const first = Math.min(Math.max(inTurn, ahead), most);
  return {
    lease: (use) => {
      const isNew = all.length < first || (free.size === 0 && all.length < most);
      const client = isNew ? openOne() : free.shift();
      if (client === undefined) waiting.push(use);
      else run(client, use);
      return client === undefined;
    },
    [Symbol.asyncDispose]: async () => {
      spare.close();
      await Promise.all(all.map((client) => client.destroy()));
    },
  };
};

/** A spare socket where there is one, a new one otherwise. */
const connectorFrom = (spare: SpareSockets): buildConnector.connector => {
  const connectNew = buildConnector({ timeout: connectTimeoutMs });
  return (options, callback) => {
    const socket = spare.take();
    if (socket === null) connectNew(options, callback);
    else queueMicrotask(() => callback(null, socket));
  };
};
