// `npm run ops -- backup | verify-backup | restore | fence`: over a connection of its own to the database, which may take its time.
import type { Client } from 'pg';
import { fenceEpochs, readProcesses } from '../../storage/postgres/backup/fence-epochs.ts';
import type { Manifest } from '../../storage/postgres/backup/manifest.ts';
import { restoreBackup, RestoreRefused } from '../../storage/postgres/backup/restore-backup.ts';
import { readManifest, verifyBackup } from '../../storage/postgres/backup/verify-backup.ts';
import { BackupRefused, writeBackup } from '../../storage/postgres/backup/write-backup.ts';
import { describeDatabase, reasonOf } from '../start/check-database.ts';
import { withClient } from '../start/with-client.ts';
import { type DeskPlace, databaseUrlOf } from './database-url.ts';
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';

export type BackupContext = { readonly place: DeskPlace; readonly json: boolean; readonly surroundings: OpsSurroundings };

export const backUp = async ({ place, json, surroundings }: BackupContext, folder: string): Promise<number> => {
  const manifest = await withDatabase(place, (client) => writeBackup(client, folder));
  surroundings.out(json ? `${JSON.stringify(manifest)}\n` : `${describe(manifest)} in ${folder}, as of ${manifest.taken_at}.\n`);
  return exitCodes.done;
};

export const verify = async ({ json, surroundings }: BackupContext, folder: string): Promise<number> => {
  const manifest = await read(folder);
  const problems = await verifyBackup(folder, manifest);
  if (json) surroundings.out(`${JSON.stringify({ problems })}\n`);
  else surroundings.out(problems.length === 0 ? `${describe(manifest)}: all as it was backed up.\n` : `${problems.join('\n')}\n`);
  return problems.length === 0 ? exitCodes.done : exitCodes.notAll;
};

export const restore = async ({ place, json, surroundings }: BackupContext, folder: string): Promise<number> => {
  const manifest = await read(folder);
  const problems = await verifyBackup(folder, manifest);
  if (problems.length > 0) throw new OpsError(`The backup is broken, and nothing was done:\n${problems.join('\n')}`);
  await withDatabase(place, (client) => restoreBackup(client, folder, manifest));
  if (json) surroundings.out(`${JSON.stringify({ restored: manifest.taken_at, appended: manifest.appended })}\n`);
  else
    surroundings.out(
      `${describe(manifest)}, as of ${manifest.taken_at}, restored and compared. What was accepted after that time is not in it. Every epoch is raised: start the system.\n`,
    );
  return exitCodes.done;
};

export const fence = async ({ place, json, surroundings }: BackupContext): Promise<number> => {
  await withDatabase(place, async (client) => {
    await client.query('begin');
    const processes = await readProcesses(client);
    if (processes.length > 0)
      throw new OpsError(`Processes of ours use the database: ${processes.slice(0, 5).join(', ')}. Stop them first.`);
    await fenceEpochs(client);
    await client.query('commit');
  });
  surroundings.out(json ? '{"fenced":true}\n' : 'Every epoch is raised, and ids begin behind all that were answered: start the system.\n');
  return exitCodes.done;
};

const describe = ({ tables, appended }: Manifest): string => {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${tables.length} tables with ${rows} rows, of a stream of ${appended} events`;
};

const read = (folder: string): Promise<Manifest> =>
  readManifest(folder).catch((cause: unknown) => {
    throw new OpsError(`${folder} is no backup: ${(cause as Error).message}`, { cause });
  });

const withDatabase = async <Result>(place: DeskPlace, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const url = await databaseUrlOf(place);
  const config = { connectionString: url, application_name: 'faultline-ops-backup', connectionTimeoutMillis: 10_000 };
  try {
    return await withClient(config, work);
  } catch (error) {
    if (error instanceof OpsError) throw error;
    if (error instanceof RestoreRefused || error instanceof BackupRefused) throw new OpsError(error.message, { cause: error });
    throw new OpsError(`It was not done on the database ${describeDatabase(url)}: ${reasonOf(error)}`, { cause: error });
  }
};
