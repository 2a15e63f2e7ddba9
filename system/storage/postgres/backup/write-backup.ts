// A backup of the whole schema while it works on: one snapshot, a file a table, and a manifest that is written last.
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Client } from 'pg';
import { copyOut, textSettings } from './copy-table.ts';
import { type BackupTable, formatVersion, type Manifest, manifestFile } from './manifest.ts';
import { type CatalogueTable, readTables, selectPartitions, selectSequences } from './read-catalogue.ts';

const selectMoment = `
  select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as taken_at, current_setting('server_version') as server,
         (select count(*)::integer from lanes where stream_version = (select max(version) from streams)) as lanes,
         (select sum(head)::float8 from lanes) as appended`;

type Moment = Pick<Manifest, 'taken_at' | 'server' | 'lanes' | 'appended'>;

/** Why nothing was backed up, in words for an operator. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

/** The folder, and those above it, are made; it has its name once the backup is whole. Rejects with BackupRefused where it is there already, and leaves nothing of what failed. */
export const writeBackup = async (client: Client, folder: string): Promise<Manifest> => {
  if (await isThere(folder)) throw new BackupRefused(`${folder} is there already: nothing is written over. Name another folder.`);
  // Without the slash that a shell adds to a name: what is beside it would be inside.
  const whole = resolve(folder);
  const beside = `${whole}.part`;
  await mkdir(dirname(beside), { recursive: true })
    .then(() => mkdir(beside))
    .catch((cause: unknown) => {
      throw new BackupRefused(`${folder} can't be written: ${(cause as Error).message}. Name a folder in one that is yours.`, { cause });
    });
  try {
    const manifest = await inSnapshot(client, () => writeTables(client, beside));
    await writeFile(join(beside, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await rename(beside, whole);
    return manifest;
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
};

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * It holds ACCESS SHARE on what it has read, which nothing but DDL waits for, and a snapshot, which keeps dead rows from being cleaned up. On the log with its
 * partitions before the snapshot: a day that retention drops after it would be in no copy, and its marks neither.
 */
const inSnapshot = async <Result>(client: Client, work: () => Promise<Result>): Promise<Result> => {
  await client.query(`begin isolation level repeatable read read only; ${textSettings}; lock table log in access share mode`);
  const result = await work();
  await client.query('commit');
  return result;
};

const rowOrder = 'bytes';

const writeTables = async (client: Client, folder: string): Promise<Manifest> => {
  const moment = (await client.query<Moment>(selectMoment)).rows[0]!;
  const migrations = (
    await client.query<Manifest['migrations'][number]>('select version, name, checksum from faultline_migrations order by version')
  ).rows;
  const partitions = (await client.query<Manifest['partitions'][number]>(selectPartitions)).rows;
  const tables: BackupTable[] = [];
  for (const [index, table] of (await readTables(client)).entries()) tables.push(await writeTable(client, folder, index, table));
  // Sequences know no snapshot: read last, they are beyond whatever the tables hold.
  const sequences = (await client.query<{ name: string; last_value: string | null }>(selectSequences)).rows;
  return {
    format: formatVersion,
    ...moment,
    migrations,
    row_order: rowOrder,
    tables,
    partitions,
    sequences: sequences.map(({ name, last_value: last }) => ({ name, last_value: last === null ? null : Number(last) })),
  };
};

const writeTable = async (client: Client, folder: string, index: number, { name, columns, key }: CatalogueTable): Promise<BackupTable> => {
  const file = `${String(index).padStart(3, '0')}-${name}.copy.gz`;
  const copied = await copyOut(client, { name, columns, key }, rowOrder, (text) =>
    pipeline(text, createGzip({ level: 6 }), createWriteStream(join(folder, file), { flush: true })),
  );
  return { name, columns: [...columns], key: [...key], file, ...copied };
};
