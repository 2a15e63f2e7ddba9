import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { createMigratedDatabase, createTestDatabase, startVacuum, templateOf } from './testing.ts';

const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  // Dropping the database with us connected ends the connection; that is no failure of the test.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

test('each call gives an empty database of its own', async () => {
  await using one = await createTestDatabase();
  await using two = await createTestDatabase();
  expect(one.url).not.toBe(two.url);
  const client = await connect(one.url);
  await client.query('create table t (n integer)');
  const other = await connect(two.url);
  await expect(other.query('select from t')).rejects.toThrow('does not exist');
  await client.end();
  await other.end();
});

test('disposing drops the database though someone is still connected', async () => {
  const database = await createTestDatabase();
  const client = await connect(database.url);
  await database[Symbol.asyncDispose]();
  await expect(connect(database.url)).rejects.toThrow('does not exist');
  await client.end().catch(() => undefined);
});

test('a migrated one is a copy that no other sees, with the lanes that were asked for, however many ask at once', async () => {
  const all = await Promise.all([3, 3, 5].map((lanes) => createMigratedDatabase(lanes)));
  const clients = await Promise.all(all.map(({ url }) => connect(url)));
  await clients[0]!.query(`insert into consumers (tenant, consumer, stream_version) values ('default', 'c', 1)`);
  const counts = await Promise.all(
    clients.map(
      async (client) =>
        (await client.query('select count(*)::int as lanes, (select count(*)::int from consumers) as consumers from lanes')).rows[0],
    ),
  );
  expect(counts).toEqual([
    { lanes: 3, consumers: 1 },
    { lanes: 3, consumers: 0 },
    { lanes: 5, consumers: 0 },
  ]);
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(all.map((database) => database[Symbol.asyncDispose]()));
});

test('a draft whose maker died does not stand in the way of the next', async () => {
  const server = await connect(inject('postgresUrl'));
  await server.query(`create database ${templateOf(inject('postgresTemplates'), 7)}_draft`);
  await server.end();
  await using database = await createMigratedDatabase(7);
  const client = await connect(database.url);
  expect((await client.query('select from lanes')).rowCount).toBe(7);
  await client.end();
});

test('a VACUUM that is over before anyone saw it under way is told', async () => {
  await using database = await createTestDatabase();
  const client = await connect(database.url);
  // A view is passed over, with a warning.
  await client.query(`
    create function hide() returns event_trigger language plpgsql as
      $$ begin alter table large rename to hidden; create view large as table hidden; end $$;
    create event trigger hide on ddl_command_end when tag in ('CREATE TABLE AS') execute function hide()`);
  await client.end();
  await expect(startVacuum(database.url)).rejects.toThrow('The VACUUM was over before it was to end.');
});

test('a VACUUM that something else ended is told with its reason', async () => {
  await using database = await createTestDatabase();
  const client = await connect(database.url);
  const vacuum = await startVacuum(database.url);
  await client.query('select pg_terminate_backend($1)', [vacuum.pid]);
  await client.end();
  await expect(vacuum[Symbol.asyncDispose]()).rejects.toMatchObject({ code: '57P01' });
});
