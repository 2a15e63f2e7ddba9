// The harness's own way into the target's database, as any client would have it. Named, so that the target's own sessions can be told apart.
import pg from 'pg';
import { explain, HarnessError } from '../engine/errors.ts';

export const harnessApplicationName = 'harness';

/** A pool of few connections; whoever makes it ends it. A server that goes away is noticed by the next query, not by a crash. */
export const openPool = (databaseUrl: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    application_name: harnessApplicationName,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', () => {});
  // A pool that ends lets go of its connections before they are closed: one cut off just then must not end the process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};

/** A fresh database on the run's own server, its tables in the given tablespace. Returns its URL. Rejects with FL_DATABASE_FAILED. */
export const createDatabase = async (serverUrl: string, name: string, tablespace?: string): Promise<string> => {
  const place = tablespace === undefined ? '' : ` tablespace ${pg.escapeIdentifier(tablespace)}`;
  await onServer(serverUrl, `create database ${pg.escapeIdentifier(name)}${place}`, `the database ${name} could not be made`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};

/** What PostgreSQL takes as a name, of this run and scenario. */
export const databaseName = (runId: string, scenario: string): string =>
  `run_${runId}_${scenario}`.replaceAll(/[^a-z0-9_]/g, '_').slice(0, 63);

/** With whoever is still connected to it. Rejects with FL_DATABASE_FAILED. */
export const dropDatabase = (serverUrl: string, databaseUrl: string): Promise<void> => {
  const name = new URL(databaseUrl).pathname.slice(1);
  return onServer(serverUrl, `drop database ${pg.escapeIdentifier(name)} with (force)`, `the database ${name} could not be dropped`);
};

/** One statement on a connection of its own. Rejects with FL_DATABASE_FAILED, which begins with `failure`. */
export const onServer = async (serverUrl: string, statement: string, failure: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl, application_name: harnessApplicationName });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    throw new HarnessError('FL_DATABASE_FAILED', `${failure}: ${explain(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
};
