// One PostgreSQL for the whole run of integration tests, in a temporary folder, gone afterwards.
// FAULTLINE_TEST_POSTGRES_URL (a superuser's) names another to use instead.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgresProcess } from '../system/storage/postgres/postgres-process.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Databases that tests of this run share on the server begin with this. */
    postgresTemplates: string;
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

/** Works on the server as its superuser; the name is what others see of us meanwhile. */
const connect = async (url: string, name: string): Promise<Client> => {
  const client = new Client({ connectionString: url, application_name: name });
  // Whoever works with it meets the error by the next query; the session that only lasts is asked at the end.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** What a run of tests shares with others on a server: databases that begin with this, and a session of this name for as long as it goes on. */
const nameOf = (run: string): string => `migrated_${run}`;

/** Ours, and those of runs that have no session any more: they were killed. */
const ownOrLeft = `select d.datname as name from pg_database d where starts_with(d.datname, $1 || '_') or (d.datname ~ '^migrated_[0-9a-f]{12}_'
  and not exists (select from pg_stat_activity where application_name = substring(d.datname from '^(migrated_[0-9a-f]{12})_')))`;

/** Drafts too. */
const dropTemplates = async (url: string, run: string): Promise<void> => {
  const client = await connect(url, 'faultline-testing');
  try {
    const { rows } = await client.query<{ name: string }>(ownOrLeft, [nameOf(run)]);
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`);
  } finally {
    await client.end();
  }
};

/** FAULTLINE_TEST_POSTGRES_URL, or one of our own that is ended with the rest. */
const serverFor = async (rest: AsyncDisposableStack): Promise<string> => {
  const given = process.env['FAULTLINE_TEST_POSTGRES_URL'];
  if (given) return given;
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  rest.defer(() => rm(folder, { recursive: true, force: true }));
  const server = rest.use(await startPostgresProcess({ FAULTLINE_POSTGRES_DATA: folder, FAULTLINE_POSTGRES_SETTINGS: settings }));
  return server.address;
};

export default async function setup(project: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  await using rest = new AsyncDisposableStack();
  const url = await serverFor(rest);
  // By chance, not by the number of our process: a later run has that again, and would copy a template of older migrations.
  const run = randomBytes(6).toString('hex');
  // On a server of our own too: tests of this file begin other runs on it.
  const session = await connect(url, nameOf(run));
  rest.defer(() => session.end());
  rest.defer(() => dropTemplates(url, run));
  // Without it other runs take our templates for those of a run that was killed.
  rest.defer(async () => void (await session.query('select 1')));
  project.provide('postgresTemplates', nameOf(run));
  project.provide('postgresUrl', url);
  const whole = rest.move();
  return () => whole.disposeAsync();
}
