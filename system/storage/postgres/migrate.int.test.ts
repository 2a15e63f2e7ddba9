import { Client, Pool } from 'pg';
import { expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { readMigrations } from './migrations.ts';
import { createTestDatabase } from './testing.ts';
import { createTestPool } from './testing-pool.ts';

const open = async () => {
  const database = await createTestDatabase();
  const pool = createTestPool(database.url);
  const close = async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
  };
  return { pool, url: database.url, [Symbol.asyncDispose]: close };
};

const names = readMigrations().map(({ version, name }) => `${String(version).padStart(4, '0')}-${name}`);
const numberOf = async (pool: Pool, sql: string) => Number(Object.values((await pool.query<Record<string, unknown>>(sql)).rows[0]!)[0]);

/** Numbers may be left out. */
const newest = Number(names.at(-1)!.slice(0, 4));

test('an empty database gets everything that the processes need; doing it again changes nothing', async () => {
  await using database = await open();
  const { pool } = database;
  expect(await migrate(pool, { lanes: 3, apply: true })).toEqual({ applied: names, laneCount: 3, schemaVersion: newest });
  const counts = async () => ({
    lanes: await numberOf(pool, 'select count(*) from lanes'),
    processors: (await pool.query(`select processor, version, ordered, state from processors order by processor`)).rows,
    checkpoints: await numberOf(pool, 'select count(*) from checkpoints'),
    leases: await numberOf(pool, 'select count(*) from leases'),
    duties: await numberOf(pool, `select count(*) from leases where processor = '_duties' and version = 0 and lane = -1`),
    partitions: await numberOf(pool, `select count(*) from pg_inherits where inhparent = 'log'::regclass`),
  });
  const first = await counts();
  expect(first).toEqual({
    lanes: 3,
    processors: [
      { processor: 'events', version: 1, ordered: false, state: 'active' },
      { processor: 'timelines', version: 1, ordered: true, state: 'active' },
    ],
    checkpoints: 6,
    leases: 7,
    duties: 1,
    partitions: 8,
  });
  expect(await migrate(pool, { lanes: 3, apply: true })).toEqual({ applied: [], laneCount: 3, schemaVersion: newest });
  expect(await counts()).toEqual(first);
});

test('processes that start together wait for each other: one applies, all go on', async () => {
  await using database = await open();
  const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.pool, { lanes: 2, apply: true })));
  expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
});

test('a stream that exists keeps its lanes, whatever is asked for', async () => {
  await using database = await open();
  await migrate(database.pool, { lanes: 2, apply: true });
  expect(await migrate(database.pool, { lanes: 16, apply: true })).toMatchObject({ laneCount: 2 });
  expect(await numberOf(database.pool, 'select count(*) from lanes')).toBe(2);
});

test('without permission to apply, missing migrations are refused and nothing is made', async () => {
  await using database = await open();
  await expect(migrate(database.pool, { lanes: 2, apply: false })).rejects.toMatchObject({
    code: 'FL_SCHEMA_MISSING',
    message: expect.stringContaining('0001-first'),
  });
  expect(await numberOf(database.pool, `select count(*) from pg_class where relnamespace = current_schema()::regnamespace`)).toBe(0);
  await migrate(database.pool, { lanes: 2, apply: true });
  expect(await migrate(database.pool, { lanes: 2, apply: false })).toMatchObject({ laneCount: 2, applied: [] });
});

test('a database of a newer version is refused', async () => {
  await using database = await open();
  await migrate(database.pool, { lanes: 2, apply: true });
  await database.pool.query(`insert into faultline_migrations (version, name, checksum) values (9999, 'later', 'x')`);
  await expect(migrate(database.pool, { lanes: 2, apply: true })).rejects.toMatchObject({
    code: 'FL_SCHEMA_NEWER',
    message: expect.stringContaining('9999 (later)'),
  });
});

test('a migration that is not the one that was applied is refused', async () => {
  await using database = await open();
  await migrate(database.pool, { lanes: 2, apply: true });
  await database.pool.query(`update faultline_migrations set checksum = 'other' where version = 1`);
  await expect(migrate(database.pool, { lanes: 2, apply: true })).rejects.toMatchObject({
    code: 'FL_SCHEMA_CHANGED',
    message: expect.stringContaining('1 (first)'),
  });
});

test('tables with our names that we did not make are refused by name; other tables are none of our business', async () => {
  await using database = await open();
  await database.pool.query('create table customers (id integer)');
  await database.pool.query('create table events (id integer)');
  await expect(migrate(database.pool, { lanes: 2, apply: true })).rejects.toMatchObject({
    code: 'FL_SCHEMA_FOREIGN',
    message: expect.stringMatching(/: events\./),
  });
  await database.pool.query('drop table events');
  expect(await migrate(database.pool, { lanes: 2, apply: true })).toMatchObject({ applied: names });
});

test('a role that may not create tables is told what it needs', async () => {
  await using database = await open();
  await database.pool.query('revoke create on schema public from public');
  const role = `visitor_${Date.now()}_${process.pid}`;
  await database.pool.query(`create role ${role}`);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set role ${role}`);
  const refused = await migrate(client, { lanes: 2, apply: true }).catch((error: unknown) => error);
  await client.end();
  await database.pool.query(`drop role ${role}`);
  expect(refused).toMatchObject({ code: 'FL_DATABASE_FORBIDDEN', message: expect.stringContaining('CREATE') });
});

test('everything lives in the schema of the search path', async () => {
  await using database = await open();
  await database.pool.query('create schema apart');
  const client = new Client({ connectionString: database.url, options: '-c search_path=apart' });
  await client.connect();
  await migrate(client, { lanes: 2, apply: true });
  await client.end();
  expect(await numberOf(database.pool, `select count(*) from pg_class where relnamespace = 'public'::regnamespace`)).toBe(0);
  expect(await numberOf(database.pool, 'select count(*) from apart.lanes')).toBe(2);
});

test('a database that is not there is said to be unreachable', async () => {
  const pool = new Pool({ connectionString: 'postgresql://faultline@127.0.0.1:1/none' });
  await expect(migrate(pool, { lanes: 2, apply: true })).rejects.toMatchObject({ code: 'FL_DATABASE_UNREACHABLE' });
  await pool.end();
});
