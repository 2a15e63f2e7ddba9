// For integration tests: a fresh, empty database on the one server of the run.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject, vi } from 'vitest';
import { migrate } from './migrate.ts';

export type TestDatabase = AsyncDisposable & {
  /** postgresql:// URL of the new database; its user is a superuser. */
  readonly url: string;
};

const onServer = async (url: string, work: (client: Client) => Promise<unknown>): Promise<void> => {
  const client = new Client({ connectionString: url, application_name: 'faultline-testing' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};

const withServer = (statement: string): Promise<void> => onServer(inject('postgresUrl'), (client) => client.query(statement));

const urlOf = (name: string): string => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
};

/** `like`: options of `create database`. Disposing drops the database and cuts off whoever is still connected to it. */
export const createTestDatabase = async (like = ''): Promise<TestDatabase> => {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await withServer(`create database ${name} ${like}`);
  return { url: urlOf(name), [Symbol.asyncDispose]: () => withServer(`drop database ${name} with (force)`) };
};

/** `run`: what the templates of a run of tests begin with. */
export const templateOf = (run: string, lanes: number): string => `${run}_${lanes}`;

/** A fresh database with all migrations, as a copy: hundreds of tests begin with one, and migrating takes several times as long. */
export const createMigratedDatabase = async (lanes: number): Promise<TestDatabase> => {
  const template = templateOf(inject('postgresTemplates'), lanes);
  await onServer(inject('postgresUrl'), async (client) => {
    // One maker at a time; it ends with the connection.
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 1) return;
    // Of a maker that died, or could not migrate it: it must not stand in the way of the next.
    await client.query(`drop database if exists ${template}_draft with (force)`);
    await client.query(`create database ${template}_draft`);
    await onServer(urlOf(`${template}_draft`), (inside) => migrate(inside, { lanes, apply: true }));
    // Its name says that it is whole.
    await client.query(`alter database ${template}_draft rename to ${template}`);
  });
  return createTestDatabase(`template ${template}`);
};

/** A VACUUM in the midst of a table, which it would take minutes for; disposing ends it. Rejects, as disposing does, where it ended by anything else. */
export const startVacuum = async (url: string): Promise<AsyncDisposable & { readonly pid: number }> => {
  await using undo = new AsyncDisposableStack();
  const client = new Client({ connectionString: url, application_name: 'faultline-testing' });
  // What ends the connection is told by the statement that it ends.
  client.on('error', () => {});
  await client.connect();
  undo.defer(() => client.end());
  await client.query(`create table large as select repeat('x', 1000) as x from generate_series(1, 5000)`);
  await client.query('delete from large');
  await client.query('set vacuum_cost_delay = 100; set vacuum_cost_limit = 1');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const { pid } = rows[0]!;
  let failure: unknown = null;
  const ended = client
    .query('vacuum large')
    .then(() => new Error('The VACUUM was over before it was to end.'))
    .catch((error: unknown) => error)
    .then((reason) => (failure = reason));
  const isUnderWay = async (watcher: Client): Promise<boolean> => {
    if (failure !== null) throw failure;
    return (await watcher.query('select from pg_stat_progress_vacuum where pid = $1', [pid])).rowCount === 1;
  };
  await onServer(url, (watcher) => vi.waitUntil(() => isUnderWay(watcher), { timeout: 20_000, interval: 10 }));
  undo.defer(async () => {
    if (failure !== null) throw failure;
    await onServer(url, (other) => other.query('select pg_cancel_backend($1)', [pid]));
    const reason = await ended;
    if ((reason as { code?: unknown }).code !== queryCanceled) throw reason;
  });
  const owned = undo.move();
  return { pid, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

const queryCanceled = '57014';
