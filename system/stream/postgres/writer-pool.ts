// The connections of a writer: durable commits whatever the server's default, and no statement that outlives its commit timeout.
import { type ClientBase, Pool } from 'pg';

export type WriterPoolOptions = {
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly flushers: number;
  readonly commitTimeoutMs: number;
  /** For those who have no deadline of their own: how long the answer to a statement is waited for. A server that froze times none out. */
  readonly answerWithinMs?: number;
  /** An idle connection broke; the pool has dropped it already. */
  readonly onError: (error: Error) => void;
};

const longestConnectMs = 5000;

/** One for each flusher; two more are opened for ids and checks. */
export const writerConnections = (flushers: number): number => flushers + 2;

export const createWriterPool = (options: WriterPoolOptions): Pool => {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: writerConnections(options.flushers),
    connectionTimeoutMillis: Math.min(options.commitTimeoutMs, longestConnectMs),
    idleTimeoutMillis: 0,
    statement_timeout: options.commitTimeoutMs,
    ...(options.answerWithinMs !== undefined && { query_timeout: options.answerWithinMs }),
    keepAlive: true,
    // oxlint-disable-next-line typescript/no-misused-promises -- the driver awaits it, though its types do not say so
    onConnect: (client) => demandDurability(client, Math.min(options.commitTimeoutMs, longestConnectMs)),
  });
  pool.on('error', options.onError);
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};

/**
 * A 2xx promises an fsync: `off` as the default of a server, database or role is not for us. With a time-out of our own: a server that took the connection and
 * then froze answers no statement and times none out, and the pool waits for this one.
 */
const demandDurability = async (client: ClientBase, withinMs: number): Promise<void> => {
  const text = `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;
  const query = { text, query_timeout: withinMs };
  await client.query(query);
};
