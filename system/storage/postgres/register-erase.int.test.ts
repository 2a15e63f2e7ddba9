import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { registerErase, type OwnErase } from './register-erase.ts';

const table = 'own_ledger_v1__entries';
const bySystem: OwnErase = { rows: { [table]: '$2 = system and $3 = object' }, left: [] };
const byObject: OwnErase = { rows: { [table]: 'object = $3' }, left: [] };

const register = async (database: WorkerDatabase, erase: OwnErase | null, apply = true) => {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await registerErase(client, { name: 'ledger', version: 1, file: 'ledger.ts', erase }, { apply });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
};

const known = async (database: WorkerDatabase) => (await database.rows<{ erase: unknown }>('select erase from own_processors'))[0]!.erase;

test('what a processor says of erasure is what its last start said, and only what its table takes', async () => {
  await using database = await createWorkerDatabase();
  await database.rows(`create table ${table} (system text, object text, n integer)`);
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'active', 1)`,
  );
  await database.rows(`insert into own_processors (processor, version, tables_sha256, starts) values ('ledger', 1, '', 'beginning')`);
  await expect(register(database, bySystem, false)).rejects.toThrow(/'erase' of 'ledger' version 1 is not in the database yet/);
  await register(database, null, false);
  await register(database, bySystem);
  expect(await known(database)).toEqual(bySystem);
  // A worker that changes nothing runs with what another said.
  await register(database, byObject, false);
  expect(await known(database)).toEqual(bySystem);
  await expect(register(database, { rows: { [table]: 'n = $3' }, left: [] })).rejects.toMatchObject({ code: 'FL_PROCESSOR_TABLES' });
  expect(await known(database)).toEqual(bySystem);
  await register(database, byObject);
  expect(await known(database)).toEqual(byObject);
  await register(database, null);
  expect(await known(database)).toBeNull();
});
