// Connections that can't write and can't run for long, few of them: a heavy query may slow other queries, never ingest or workers.
import { Pool, types } from 'pg';
import { int8, parseWholeNumber } from '../contract/whole-number.ts';

export type ReadPoolOptions = {
  readonly databaseUrl: string;
  /** At most 63 bytes: PostgreSQL cuts there. */
  readonly applicationName: string;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  /** For tests. How long a transaction may wait for its reader; twice the time of a statement by default. */
  readonly idleInTransactionMs?: number;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
};

export const wholeNumbers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? parseWholeNumber : types.getTypeParser(oid, format as 'text'),
};

/** Of those who read pages. */
export const readConnections = 5;

/** The caller ends it. */
export const createReadPool = ({
  databaseUrl,
  applicationName,
  maxConnections = readConnections,
  statementTimeoutMs = 5000,
  idleInTransactionMs = 2 * statementTimeoutMs,
  onError,
}: ReadPoolOptions): Pool => {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    // The server's own time-out answers first; this one is for a server that does not answer at all.
    query_timeout: statementTimeoutMs + 2000,
    types: wholeNumbers,
    // pg-pool waits for it, whatever its type says: no query comes before it.
    // oxlint-disable-next-line typescript/no-misused-promises
    onConnect: async (client) => {
      // What answers a page reads along an index: a plan that reads a table whole, or is compiled first, is one that took the rows for other ones.
      await client.query('set default_transaction_read_only = on; set enable_seqscan = off; set jit = off');
    },
  });
  pool.on('error', onError);
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};
