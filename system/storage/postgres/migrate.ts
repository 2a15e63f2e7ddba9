// Brings a database to this version's schema, or says precisely why not. Everything happens in one transaction under one advisory lock, so
// processes that start together wait for each other and a failure leaves nothing half done.
import type { ClientBase, Pool } from 'pg';
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';
import { readMigrations, tableNames, type Migration } from './migrations.ts';
import { seedStream } from './seed-stream.ts';

export type MigrateOptions = {
  /** Lanes of a new stream; a stream that exists keeps its own. */
  readonly lanes: number;
  /** false: change nothing, refuse when a migration is missing. */
  readonly apply: boolean;
};

export type MigrateResult = {
  /** Names of the migrations applied just now. */
  readonly applied: readonly string[];
  /** Lanes that the stream has: the one figure to use from here on. */
  readonly laneCount: number;
  readonly schemaVersion: number;
};

type AppliedRow = { version: number; name: string; checksum: string };

/** `idle_in_transaction_session_timeout` and `client_connection_check_interval` need 14. */
const oldestServer = 140_000;

/** Throws a SystemError: FL_SCHEMA_*, FL_DATABASE_*. Takes a connected client, or a pool from which it borrows one. */
export const migrate = async (database: Pool | ClientBase, options: MigrateOptions): Promise<MigrateResult> => {
  if (!isPool(database)) return inTransaction(database, options);
  const client = await connect(database);
  try {
    return await inTransaction(client, options);
  } finally {
    client.release();
  }
};

const isPool = (database: Pool | ClientBase): database is Pool => 'totalCount' in database;

const connect = async (pool: Pool) => {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new SystemError('FL_DATABASE_UNREACHABLE', `The database can't be reached: ${messageOf(cause)}. Check DATABASE_URL.`, { cause });
  }
};

const inTransaction = async (client: ClientBase, options: MigrateOptions): Promise<MigrateResult> => {
  await refuseOldServer(client);
  await client.query('begin');
  try {
    // 1717660005 is 'faul'. Released at the end of the transaction, however it ends.
    await client.query('select pg_advisory_xact_lock(1717660005, 1)');
    const result = await bringUp(client, options);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw explain(error);
  }
};

const refuseOldServer = async (client: ClientBase): Promise<void> => {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const server = rows[0]!;
  if (server.number >= oldestServer) return;
  throw new SystemError('FL_DATABASE_TOO_OLD', `The server is PostgreSQL ${server.version}. Use 14 or newer (18 is what we test with).`);
};

const bringUp = async (client: ClientBase, options: MigrateOptions): Promise<MigrateResult> => {
  const migrations = readMigrations();
  const done = await readApplied(client, migrations);
  refuseNewer(done, migrations);
  refuseChanged(done, migrations);
  const missing = migrations.filter(({ version }) => !done.some((row) => row.version === version));
  if (missing.length > 0 && !options.apply) throw schemaMissing(missing);
  for (const migration of missing) await applyOne(client, migration);
  const laneCount = await seedStream(client, options);
  return { applied: missing.map(fileOf), laneCount, schemaVersion: migrations.at(-1)!.version };
};

const readApplied = async (client: ClientBase, migrations: readonly Migration[]): Promise<readonly AppliedRow[]> => {
  const known = await client.query<{ ours: boolean }>(`select to_regclass('faultline_migrations') is not null as ours`);
  if (known.rows[0]!.ours) {
    const { rows } = await client.query<AppliedRow>('select version, name, checksum from faultline_migrations order by version');
    return rows;
  }
  await refuseForeign(client, migrations);
  return [];
};

const refuseForeign = async (client: ClientBase, migrations: readonly Migration[]): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relname = any ($1) order by relname`,
    [tableNames(migrations)],
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new SystemError(
    'FL_SCHEMA_FOREIGN',
    `The database holds tables with our names that our migrations did not make: ${names}. ` +
      'Point DATABASE_URL at an empty database, or at an empty schema with ?options=-c%20search_path%3Dfaultline.',
  );
};

const refuseNewer = (done: readonly AppliedRow[], migrations: readonly Migration[]): void => {
  const newest = migrations.at(-1)!.version;
  const newer = done.find(({ version }) => version > newest);
  if (!newer) return;
  throw new SystemError(
    'FL_SCHEMA_NEWER',
    `The database has migration ${newer.version} (${newer.name}), this version of faultline knows up to ${newest}. ` +
      'Run the newer faultline, or use another database; going back is not possible.',
  );
};

const refuseChanged = (done: readonly AppliedRow[], migrations: readonly Migration[]): void => {
  for (const row of done) {
    const ours = migrations.find(({ version }) => version === row.version);
    if (ours?.checksum === row.checksum) continue;
    throw new SystemError(
      'FL_SCHEMA_CHANGED',
      `Migration ${row.version} (${row.name}) was applied with checksum ${row.checksum.slice(0, 12)}…, the file of this version has ` +
        `${ours ? `${ours.checksum.slice(0, 12)}…` : 'none: it is gone'}. Applied migrations never change: restore the file, or use another database.`,
    );
  }
};

const schemaMissing = (missing: readonly Migration[]) =>
  new SystemError(
    'FL_SCHEMA_MISSING',
    `Migrations are missing in the database: ${missing.map(fileOf).join(', ')}. Start one process with FAULTLINE_MIGRATE=true to apply them.`,
  );

const applyOne = async (client: ClientBase, migration: Migration): Promise<void> => {
  await client.query(
    `create table if not exists faultline_migrations (
       version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
  );
  await client.query(migration.sql);
  await client.query('insert into faultline_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
};

const fileOf = ({ version, name }: Migration): string => `${String(version).padStart(4, '0')}-${name}`;

const explain = (error: unknown): unknown => {
  const sqlState = (error as { code?: unknown }).code;
  if (sqlState !== '42501' && sqlState !== '3F000') return error;
  return new SystemError(
    'FL_DATABASE_FORBIDDEN',
    `The database refused to create our tables: ${messageOf(error)}. Give the role of DATABASE_URL the right CREATE on its schema, ` +
      'or apply the migrations with a role that has it and start with FAULTLINE_MIGRATE=false.',
    { cause: error },
  );
};
