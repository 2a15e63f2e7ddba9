// What runbooks ask of the database is asked in an incident, by hand: each statement runs, and the one about old transactions shows whom its alert counts.
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { migrateOnce } from './migrate-once.ts';
import { createTestDatabase, startVacuum } from './testing.ts';

const folder = new URL('../../../docs/runbooks/', import.meta.url);
const selectsOf = (name: string): readonly string[] =>
  [...readFileSync(new URL(name, folder), 'utf8').matchAll(/`(select [^`]+)`/g)].map(([, sql = '']) => sql);
const statements = readdirSync(folder).flatMap((name) => selectsOf(name).map((sql) => [name.replace('.md', ''), sql] as const));

const connect = async (url: string): Promise<Client & AsyncDisposable> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};

test('every query of a runbook runs on the tables as they are', async () => {
  await using database = await createTestDatabase();
  await migrateOnce(database.url, 'test', { lanes: 1, apply: true });
  await using client = await connect(database.url);
  expect(statements.length).toBeGreaterThan(8);
  for (const [name, sql] of statements) {
    const failure = await client.query(sql.replaceAll('PID', '0')).then(
      () => null,
      (error: Error) => error.message,
    );
    expect([name, sql, failure]).toEqual([name, sql, null]);
  }
});

test.each(['begin transaction isolation level repeatable read; select 1', 'begin; select pg_current_xact_id()'])(
  'the transaction that fires FaultlineSnapshotOld is shown by its runbook, and no innocent one: %s',
  async (begin) => {
    await using database = await createTestDatabase();
    await using other = await createTestDatabase();
    await using elsewhere = await connect(other.url);
    await elsewhere.query(begin);
    await using _vacuums = await startVacuum(database.url);
    await using here = await connect(database.url);
    await here.query(begin);
    const { rows } = await here.query<{ pid: number }>('select pg_backend_pid() as pid');
    await using operator = await connect(database.url);
    const shown = await operator.query<{ pid: number }>(selectsOf('FaultlineSnapshotOld.md')[0] ?? '');
    expect(shown.rows.map(({ pid }) => pid)).toEqual(rows.map(({ pid }) => pid));
  },
);
