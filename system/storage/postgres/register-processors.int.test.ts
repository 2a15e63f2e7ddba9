import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { createDutiesStore } from './duties-store.ts';
import { registerAll, type OwnRegistration } from './register-processors.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

const options = { apply: true, previousVersion: 'none' };
const ledger = (version: number, more: Partial<OwnRegistration> = {}): OwnRegistration => ({
  name: 'ledger',
  version,
  file: 'ledger.ts',
  statements: { first: [], following: [] },
  tablesSha256: `of ${version}`,
  ...more,
});
const register = async (database: WorkerDatabase, ...all: readonly OwnRegistration[]) => {
  const client = await database.pool.connect();
  try {
    await registerAll(client, all, options);
  } finally {
    client.release();
  }
};
const states = (database: WorkerDatabase) =>
  database.rows(`select version, state from processors where processor = 'ledger' order by version`);

test('a version that nobody runs any more rests once a newer one is there, and not before; it comes back with a worker', async () => {
  await using database = await createWorkerDatabase();
  await using session = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 });
  const duties = createDutiesStore(createSessionPool([session]), { worker: 'w1', keepDays: 0, sleep: () => Promise.resolve() });
  const runs = (worker: string, version: number) =>
    database.rows(
      `with seen as (insert into workers (worker, host, pid) values ($1, 'h', 1) on conflict do nothing)
       insert into worker_processors (worker, processor, version) values ($1, 'ledger', $2)`,
      [worker, version],
    );
  await register(database, ledger(1));
  await runs('w1', 1);
  await duties.tidy();
  await register(database, ledger(2));
  await runs('w2', 2);
  await duties.tidy();
  expect(await states(database)).toEqual([
    { version: 1, state: 'active' },
    { version: 2, state: 'active' },
  ]);
  await database.rows(`delete from worker_processors where version = 1`);
  await duties.tidy();
  expect(await states(database)).toMatchObject([{ state: 'retired' }, { state: 'active' }]);
  // The newest one never does, though nobody runs it: that is a mistake, or for an operator to say.
  await database.rows('delete from worker_processors');
  await duties.tidy();
  expect(await states(database)).toMatchObject([{ state: 'retired' }, { state: 'active' }]);
  await register(database, ledger(1));
  expect(await states(database)).toMatchObject([{ state: 'active' }, { state: 'active' }]);
});

test('one that goes on where another stands is refused where a newer one is there, and its statements end no transaction', async () => {
  await using database = await createWorkerDatabase();
  await register(database, ledger(3));
  await expect(register(database, ledger(2, { startsFrom: 'previous' }))).rejects.toThrow(/there is version 3 already/);
  const both = { first: ['select 1; select 2'], following: [] };
  await expect(register(database, ledger(4, { statements: both }))).rejects.toThrow(/can't be made: cannot insert multiple commands/);
  expect(await states(database)).toEqual([{ version: 3, state: 'active' }]);
});

test('one that begins at the beginning begins where the log does, and counts what retention dropped as skipped', async () => {
  await using database = await createWorkerDatabase(1);
  await database.rows('update lanes set head = 10, low_water = 7');
  await register(database, ledger(1), ledger(2, { startsFrom: 'now' }));
  expect(
    await database.rows(
      `select version, position::int as position, skipped::int as skipped from checkpoints where processor = 'ledger' order by version`,
    ),
  ).toEqual([
    { version: 1, position: 7, skipped: 7 },
    { version: 2, position: 10, skipped: 10 },
  ]);
});
