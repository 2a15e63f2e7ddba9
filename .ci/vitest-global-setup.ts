// One PostgreSQL for the whole run of integration tests, in a temporary folder, gone afterwards.
// FAULTLINE_TEST_POSTGRES_URL (a superuser's) names another to use instead.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgresProcess } from '../system/storage/postgres/postgres-process.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Names what tests of this run share on the server. */
    postgresRun: string;
  }
}

// Tests lose nothing when the machine dies, so they don't wait for the disk.
const settings = 'fsync=off;full_page_writes=off;synchronous_commit=off;shared_buffers=64MB;max_connections=300;max_wal_size=256MB';

const prefix = 'faultline-test-';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Another user's are for that user's next run. */
const unlessForeign = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
};

/** Folders of runs that were killed; the number in the name is the run's process. */
const removeLeftovers = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (name.startsWith(prefix) && pid > 0 && !isAlive(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(unlessForeign);
  }
};

/** Of a server that goes on after us. */
const dropTemplates = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
    `migrated_${process.pid}_`,
  ]);
  for (const { datname } of rows) await client.query(`drop database if exists ${datname}`);
  await client.end();
};

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['FAULTLINE_TEST_POSTGRES_URL'];
  project.provide('postgresRun', String(process.pid));
  if (given) {
    project.provide('postgresUrl', given);
    return () => dropTemplates(given);
  }
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const server = await startPostgresProcess({ FAULTLINE_POSTGRES_DATA: folder, FAULTLINE_POSTGRES_SETTINGS: settings });
  project.provide('postgresUrl', server.address);
  return async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
}
