// A backup into a database that holds no event: one transaction, each table compared with what was backed up, and then every epoch raised.
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { from } from 'pg-copy-streams';
import { ownTablePrefix } from '../../../processor/table-names.ts';
import { migrate } from '../migrate.ts';
import { readMigrations, rowChanges } from '../migrations.ts';
import { columnList, copyOut, type RowOrder, textSettings } from './copy-table.ts';
import { droppedDaysOf, markGone } from './dropped-days.ts';
import { fenceEpochs, readProcesses } from './fence-epochs.ts';
import type { BackupTable, Manifest } from './manifest.ts';
import { readTables, selectPartitions } from './read-catalogue.ts';

/** Why a restore was not even begun. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}

/** Rejects with RestoreRefused, or with what failed; then nothing is changed but that our tables are there. */
export const restoreBackup = async (client: Client, folder: string, backup: Manifest): Promise<void> => {
  refuseUnknownMigrations(backup);
  const dropped = await droppedDaysOf(folder, backup);
  const manifest = { ...backup, tables: backup.tables.filter(({ name }) => !dropped.has(name)) };
  await migrate(client, { lanes: manifest.lanes, apply: true });
  await client.query(`begin; ${textSettings}`);
  try {
    // Processes that start meanwhile wait for it, as they do for a migration.
    await client.query('select pg_advisory_xact_lock(1717660005, 1)');
    await refuseUsed(client, manifest);
    await load(client, folder, manifest);
    await client.query(markGone);
    await bringUpRows(client, manifest);
    await fenceEpochs(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

const refuseUnknownMigrations = ({ migrations }: Manifest): void => {
  const known = readMigrations();
  const unknown = migrations.find((one) => !known.some(({ version, checksum }) => version === one.version && checksum === one.checksum));
  if (unknown !== undefined)
    throw new RestoreRefused(
      `The backup has migration ${unknown.version} (${unknown.name}), which this version does not: restore it with the version that made it.`,
    );
};

const selectAppended = 'select coalesce(sum(head), 0)::float8 as appended from lanes';

const refuseUsed = async (client: Client, { tables }: Manifest): Promise<void> => {
  const processes = await readProcesses(client);
  if (processes.length > 0)
    throw new RestoreRefused(`Processes of ours use the database: ${processes.slice(0, 5).join(', ')}. Stop them first.`);
  const { appended } = (await client.query<{ appended: number }>(selectAppended)).rows[0]!;
  if (appended > 0) throw new RestoreRefused(`The database holds ${appended} events. Restore into an empty one: nothing is overwritten.`);
  const here = new Map((await readTables(client)).map((table) => [table.name, table]));
  const used = await findUsed(client, [...here.keys()]);
  if (used.length > 0)
    throw new RestoreRefused(
      `The database holds rows in ${used.join(', ')}. Restore into an empty one, or empty these yourself: nothing is overwritten.`,
    );
  const missing = tables.filter(({ name, columns }) => columns.some((column) => here.get(name)?.columns.includes(column) !== true));
  if (missing.length > 0)
    throw new RestoreRefused(
      `The database has no table, or not all columns, for ${missing.map(({ name }) => name).join(', ')}. Tables of a team's own processors are made by a worker that runs them: start the system once on this database with the same processors, stop it, and restore.`,
    );
};

/** What a migration and processes that found no event put there. Of a team's own tables: the rows to begin with. */
const ofAStart: ReadonlySet<string> = new Set([
  'access_version',
  'checkpoints',
  'lanes',
  'lease_events',
  'leases',
  'log_drops',
  'own_processors',
  'processors',
  'schema_registry',
  'streams',
  'tenant_usage',
  'tenants',
  'udp_doors',
  'worker_processors',
  'workers',
]);

const findUsed = async (client: Client, tables: readonly string[]): Promise<readonly string[]> => {
  const looks = tables
    .filter((name) => !ofAStart.has(name) && !name.startsWith(ownTablePrefix))
    .map((name) => `select ${escapeLiteral(name)} as name where exists (select from ${escapeIdentifier(name)})`);
  const { rows } = await client.query<{ name: string }>(looks.join(' union all '));
  return rows.map(({ name }) => name);
};

const load = async (client: Client, folder: string, { tables, partitions, sequences, row_order: order }: Manifest): Promise<void> => {
  // What the migration put there goes; also what refers to it from tables that the backup does not have yet.
  await client.query(`truncate ${tables.map(({ name }) => escapeIdentifier(name)).join(', ')} cascade`);
  await makePartitions(client, partitions);
  // Rows are put back as they were: what a trigger would say of one that comes is not asked.
  for (const { name } of tables) await client.query(`alter table ${escapeIdentifier(name)} disable trigger user`);
  for (const table of tables) await loadTable(client, folder, table, order ?? 'collation');
  for (const { name } of tables) await client.query(`alter table ${escapeIdentifier(name)} enable trigger user`);
  for (const { name, last_value: last } of sequences)
    if (last !== null)
      await client.query(`select setval($1::regclass, greatest($2, (select last_value from ${escapeIdentifier(name)})))`, [
        escapeIdentifier(name),
        last,
      ]);
};

/** The tables are of this version, the rows of the backup's: what the migrations between did to rows is done to these. */
const bringUpRows = async (client: Client, { migrations }: Manifest): Promise<void> => {
  const later = readMigrations().filter(({ version }) => !migrations.some((one) => one.version === version));
  for (const statement of later.flatMap(rowChanges)) await client.query(statement);
};

const makePartitions = async (client: Client, wanted: Manifest['partitions']): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(selectPartitions);
  const missing = wanted.filter(({ name }) => !rows.some((row) => row.name === name));
  for (const { name, parent, bound } of missing) {
    if (!/^FOR VALUES [^;]*$/.test(bound)) throw new Error(`The bound of partition ${name} is none: ${bound}`);
    await client.query(`create table ${escapeIdentifier(name)} partition of ${escapeIdentifier(parent)} ${bound}`);
  }
};

const loadTable = async (client: Client, folder: string, table: BackupTable, order: RowOrder): Promise<void> => {
  const { name, columns, file, rows, sha256 } = table;
  const target = client.query(from(`copy ${escapeIdentifier(name)} (${columnList(columns)}) from stdin`));
  await pipeline(createReadStream(join(folder, file)), createGunzip(), target);
  const restored = await copyOut(client, table, order);
  if (restored.rows !== rows || restored.sha256 !== sha256)
    throw new Error(
      `Table ${name} came out with ${restored.rows} rows and another text than the ${rows} rows that were backed up: nothing is restored.`,
    );
};
