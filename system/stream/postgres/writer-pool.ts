// The connections of a writer: durable commits whatever the server's default, and no statement that outlives its commit timeout.
import { Pool } from 'pg';

export type WriterPoolOptions = {
  readonly databaseUrl: string;
  readonly applicationName: string;
  /** One for each flusher; two more are opened for ids and checks. */
  readonly flushers: number;
  readonly commitTimeoutMs: number;
  /** An idle connection broke; the pool has dropped it already. */
  readonly onError: (error: Error) => void;
};

const longestConnectMs = 5000;

export const createWriterPool = (options: WriterPoolOptions): Pool => {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.flushers + 2,
    connectionTimeoutMillis: Math.min(options.commitTimeoutMs, longestConnectMs),
    idleTimeoutMillis: 0,
    statement_timeout: options.commitTimeoutMs,
    keepAlive: true,
  });
  pool.on('error', options.onError);
  pool.on('connect', (client) => {
    // A 2xx promises an fsync. Queued before anything else on the connection; a failure of it shows in the next statement.
    client
      .query(`select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`)
      .catch(() => undefined);
  });
  return pool;
};
