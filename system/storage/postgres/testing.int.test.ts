import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './testing.ts';

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
