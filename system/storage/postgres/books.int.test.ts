// What counts as a held snapshot: whatever keeps dead rows of this database from being cleaned up, and nothing of another one.
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { readBooks } from './books.ts';
import { migrateOnce } from './migrate-once.ts';
import { createTestDatabase, startVacuum } from './testing.ts';

const connect = async (url: string): Promise<Client & AsyncDisposable> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};

const ageSeenBy = async (reader: Client): Promise<number> => (await readBooks(reader)).oldestSnapshotSeconds;

test.each([
  ['that only reads', 'begin transaction isolation level repeatable read; select 1'],
  ['that has written and idles, without a snapshot', 'begin; select pg_current_xact_id()'],
])('a transaction %s holds back the clean-up here, and nothing in another database', async (_what, begin) => {
  await using database = await createTestDatabase();
  await using other = await createTestDatabase();
  await migrateOnce(database.url, 'test', { lanes: 1, apply: true });
  await using reader = await connect(database.url);
  await using elsewhere = await connect(other.url);
  await elsewhere.query(begin);
  expect(await ageSeenBy(reader)).toBe(0);
  await using here = await connect(database.url);
  await here.query(begin);
  await expect.poll(() => ageSeenBy(reader)).toBeGreaterThan(0);
  await here.query('rollback');
  expect(await ageSeenBy(reader)).toBe(0);
});

test('a VACUUM that takes its time has a snapshot, and holds back nothing', async () => {
  await using database = await createTestDatabase();
  await migrateOnce(database.url, 'test', { lanes: 1, apply: true });
  await using reader = await connect(database.url);
  await using vacuums = await startVacuum(database.url);
  const open = `select from pg_stat_activity where pid = $1 and backend_xmin is not null and xact_start is not null`;
  expect((await reader.query(open, [vacuums.pid])).rowCount).toBe(1);
  expect(await ageSeenBy(reader)).toBe(0);
});
