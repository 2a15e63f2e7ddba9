// Connections to any HTTP or HTTPS endpoint, used in turn, one request at a time on each. What finds none free waits here: that is the target's latency.
// On undici, which knows every method and framing and TLS; the driver of scenarios speaks to a known door and has a path of its own.
import { buildConnector, Client } from 'undici';
import { createQueue } from '../../drivers/http/queue.ts';
import { openSockets, type SpareSockets } from '../../drivers/http/spare-sockets.ts';

export type Lease = (client: Client, release: () => void) => void;

export type Clients = AsyncDisposable & {
  /** Calls back with a connection, at once (false) or when one is free (true); `release` gives it back, and must be called once. */
  lease(use: Lease): boolean;
};

export type ClientLimits = {
  /** Opened before this resolves, so that the first answers are not the handshake's. */
  readonly ahead: number;
  readonly most: number;
};

const connectTimeoutMs = 5000;
const keepAliveMs = 60_000;
/** Used in turn from the start, so that few requests are also spread over all processes behind one port. */
const inTurn = 32;

export const createClients = async (origin: string, { ahead, most }: ClientLimits): Promise<Clients> => {
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
