// The database that a command works on: that of DATABASE_URL, or the one that `npm start` runs on its data folder.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { superuser } from '../postgres/cluster.ts';
import { readPostmasterFile } from '../postgres/postmaster-file.ts';
import { chooseServerAccount } from '../postgres/server-account.ts';
import { chooseDataPlace } from '../start/data-place.ts';
import { OpsError } from './ops-error.ts';

export type DeskPlace = {
  readonly databaseUrl: string | null;
  /** Of `npm start`; null: where it is when nobody said. */
  readonly data: string | null;
};

export const databaseUrlOf = async ({ databaseUrl, data }: DeskPlace): Promise<string> => databaseUrl ?? urlOfDataFolder(data);

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
