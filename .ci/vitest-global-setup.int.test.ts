import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { templateOf } from '../system/storage/postgres/testing.ts';
import setup from './vitest-global-setup.ts';

let client: Client;
beforeEach(async () => {
  vi.stubEnv('FAULTLINE_TEST_POSTGRES_URL', inject('postgresUrl'));
  client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await client.end();
});

/** As a run of tests begins on a given server. */
const begin = async () => {
  const provided: Record<string, string> = {};
  const teardown = await setup({ provide: (name, value) => void (provided[name] = value) });
  return { run: provided['postgresTemplates'] as string, teardown };
};

const make = async (names: readonly string[]): Promise<void> => {
  for (const name of names) await client.query(`create database ${name}`);
};
const thereOf = async (names: readonly string[]): Promise<readonly string[]> =>
  (await client.query<{ name: string }>('select datname as name from pg_database where datname = any($1) order by 1', [names])).rows.map(
    ({ name }) => name,
  );

test('two runs from one process, of which the second may have other migrations, share no template', async () => {
  const [one, other] = [await begin(), await begin()];
  expect(one.run).not.toBe(other.run);
  await one.teardown();
  await other.teardown();
});

test('at its end a run leaves neither a template nor a draft on a given server, and none of runs that were killed', async () => {
  const [ours, theirs] = [await begin(), await begin()];
  const killed = `migrated_${randomBytes(6).toString('hex')}`;
  const living = [templateOf(theirs.run, 3), `${templateOf(theirs.run, 5)}_draft`];
  const gone = [ours.run, killed].flatMap((run) => [templateOf(run, 3), `${templateOf(run, 5)}_draft`]);
  await make([...living, ...gone]);
  await ours.teardown();
  expect(await thereOf([...living, ...gone])).toEqual(living);
  await theirs.teardown();
  expect(await thereOf(living)).toEqual([]);
});
