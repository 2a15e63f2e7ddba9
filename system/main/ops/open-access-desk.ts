// The database of keys and tenants: that of DATABASE_URL, or the one that `npm start` runs on its data folder.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { AccessDesk } from '../../access/access-desk.ts';
import { createAccessDesk } from '../../storage/postgres/access-desk.ts';
import { superuser } from '../postgres/cluster.ts';
import { readPostmasterFile } from '../postgres/postmaster-file.ts';
import { chooseServerAccount } from '../postgres/server-account.ts';
import { describeDatabase } from '../start/check-database.ts';
import { chooseDataPlace } from '../start/data-place.ts';
import { OpsError } from './ops-error.ts';

export type DeskPlace = {
  readonly databaseUrl: string | null;
  /** Of `npm start`; null: where it is when nobody said. */
  readonly data: string | null;
};

const withinMs = 10_000;

/** Connects, works, ends. Rejects with an OpsError that says what to do. */
export const withAccessDesk = async <Result>(place: DeskPlace, work: (desk: AccessDesk) => Promise<Result>): Promise<Result> => {
  const url = place.databaseUrl ?? (await urlOfDataFolder(place.data));
  const client = new Client({
    connectionString: url,
    application_name: 'faultline-ops',
    connectionTimeoutMillis: withinMs,
    statement_timeout: withinMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(createAccessDesk(client));
  } catch (error) {
    throw error instanceof OpsError ? error : new OpsError(explain(error, url), { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
};

const explain = (error: unknown, url: string): string => {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === '42P01')
    return `The database ${describeDatabase(url)} has no keys yet: start the system of this version on it once, which makes its tables.`;
  return `The database ${describeDatabase(url)} did not do it: ${message === undefined || message === '' ? String(code) : message}.`;
};

const urlOfDataFolder = async (data: string | null): Promise<string> => {
  const { folder } = await chooseDataPlace(data, process.cwd(), await chooseServerAccount());
  const cluster = join(folder, 'cluster');
  const server = await readPostmasterFile(cluster);
  const password = await readPassword(cluster);
  if (server === null || password === null)
    throw new OpsError(
      `No PostgreSQL of ours runs on ${folder}. Start the system first (npm start), name its folder with --data, or set DATABASE_URL to the database that it uses.`,
    );
  return `postgresql://${superuser}:${password}@127.0.0.1:${server.port}/postgres`;
};

/** As the marker of the data folder has it; null: it can't be read. */
const readPassword = async (cluster: string): Promise<string | null> => {
  const text = await readFile(join(cluster, 'faultline.json'), 'utf8').catch(() => null);
  return text === null ? null : ((JSON.parse(text) as { readonly password?: string }).password ?? null);
};
