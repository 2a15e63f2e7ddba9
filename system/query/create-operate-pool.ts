// The connections over which operators' requests, and where consumers are, are written: two, and no statement for long. Those that read can't write; imports have their own.
import { Pool } from 'pg';
import { wholeNumbers } from './create-read-pool.ts';

export type OperatePoolOptions = {
  readonly databaseUrl: string;
  /** At most 63 bytes: PostgreSQL cuts there. */
  readonly applicationName: string;
  /** Told of a connection that broke while nobody used it. */
  readonly onError: (error: Error) => void;
};

export const operateConnections = 2;
const statementTimeoutMs = 10_000;

/** The caller ends it. */
export const createOperatePool = ({ databaseUrl, applicationName, onError }: OperatePoolOptions): Pool => {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: operateConnections,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2000,
    types: wholeNumbers,
  });
  pool.on('error', onError);
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};
