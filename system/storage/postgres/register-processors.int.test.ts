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
  takesNumbers: true,
  statements: { first: [], following: [] },
  tablesSha256: `of ${version}`,
  ...more,
});
/** Returns the names of those that wait for numbers. */
const register = (database: WorkerDatabase, ...all: readonly OwnRegistration[]) => registerAs(database, options, ...all);
const registerAs = async (database: WorkerDatabase, asked: typeof options, ...all: readonly OwnRegistration[]) => {
  const client = await database.pool.connect();
  try {
    return [...(await registerAll(client, all, asked))];
  } finally {
    client.release();
  }
};
const states = (database: WorkerDatabase) =>
  database.rows(`select version, state from processors where processor = 'ledger' order by version`);

test('a version that nobody runs any more rests once a newer one is there, and not before; it comes back with a worker', async () => {
  await using database = await createWorkerDatabase();
  await using session = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 });
  const duties = createDutiesStore(createSessionPool([session]), {
    worker: 'w1',
    keepDays: 0,
    sleep: () => Promise.resolve(),
    comparisons: createSessionPool([session]),
    effects: session,
    indexes: session,
  });
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

const shedding = { takesNumbers: false };
const state = (database: WorkerDatabase) =>
  database.rows<{ version: number; key: string; sequenced: boolean; next: number }>(
    `select version, object_id as key, sequenced, next_sequence::int as next from key_order where processor = 'ledger' order by 1, 2`,
  );
const standing = (database: WorkerDatabase) =>
  database.rows(
    `select version, position::int as position, applied::int as applied, skipped::int as skipped, parked::int as parked, pending::int as pending,
            (position - applied - ignored - parked - pending - discarded - skipped - shed)::int as drop
     from checkpoints where processor = 'ledger' order by version`,
  );

test('whether it waits for numbers is fixed with its first start: one that begins to shed is refused, one that sheds no more goes on without them', async () => {
  await using database = await createWorkerDatabase(1);
  expect(await register(database, ledger(1))).toEqual(['ledger']);
  await expect(register(database, ledger(1, shedding))).rejects.toThrow(
    'waits for the numbers (`sequence`) of its events, which `backPressure` would leave out from now on. Raise `version`',
  );
  expect(await register(database, ledger(1))).toEqual(['ledger']);
  expect(await register(database, ledger(2, shedding))).toEqual([]);
  expect(await register(database, ledger(2))).toEqual([]);
  // Registered by the release before, which did not say.
  await database.rows(`update own_processors set takes_numbers = null`);
  expect(await register(database, ledger(2, shedding))).toEqual([]);
  expect(await register(database, ledger(1))).toEqual(['ledger']);
  expect(await register(database, ledger(2))).toEqual([]);
});

test('one that goes on from a version without numbers waits for none either', async () => {
  await using database = await createWorkerDatabase(1);
  await register(database, ledger(1, { startsFrom: 'now', takesNumbers: false }));
  expect(await register(database, ledger(2, { startsFrom: 'previous' }))).toEqual([]);
  expect(await register(database, ledger(2, { startsFrom: 'previous' }))).toEqual([]);
});

test('one that goes on from a version with numbers, but waits for none, has its early events in the park, where they are tried at once', async () => {
  await using database = await createWorkerDatabase(1);
  await database.append([
    { key: 'late', sequence: 2 },
    { key: 'late', sequence: 4 },
  ]);
  await register(database, ledger(1));
  await database.rows(`update checkpoints set position = 2, pending = 2 where processor = 'ledger'`);
  await database.rows(
    `insert into pending_events (processor, version, lane, position, id, tenant, system_name, object_id, event_name, sequence, event_time, event_time_source, received_at, body)
     select 'ledger', 1, lane, position, id, tenant, system_name, object_id, event_name, sequence, event_time, event_time_source, received_at, body from log`,
  );
  await database.rows(`insert into key_order values ('ledger', 1, 'default', 'shop', 'late', 0, true, 1)`);
  await register(database, ledger(2, { startsFrom: 'previous', ...shedding }));
  expect(await standing(database)).toMatchObject([
    { version: 1, position: 2, parked: 0, pending: 2, drop: 0 },
    { version: 2, position: 2, parked: 2, pending: 0, drop: 0 },
  ]);
  expect(await state(database)).toEqual([{ version: 1, key: 'late', sequenced: true, next: 1 }]);
  expect(await database.rows(`select state, next_attempt_at <= clock_timestamp() as due from parked_keys where version = 2`)).toEqual([
    { state: 'retrying', due: true },
  ]);
  expect(
    await database.rows(`select position::int as position, attempts, reason_code from parked_events where version = 2 order by 1`),
  ).toEqual([
    { position: 1, attempts: 0, reason_code: null },
    { position: 2, attempts: 0, reason_code: null },
  ]);
});

/** Numbers 1 to 6 of one key, of which retention dropped the first four; timelines has applied five. */
const dropped = async (database: WorkerDatabase) => {
  await database.append([1, 2, 3, 4, 5, 6].map((sequence) => ({ key: 'k', sequence })));
  await database.append([{ key: 'plain' }]);
  await database.rows(
    `insert into key_order values ('timelines', 1, 'default', 'shop', 'k', 0, true, 6), ('timelines', 1, 'default', 'shop', 'quiet', 0, true, 3)`,
  );
  await database.rows('update lanes set low_water = 4');
  await database.rows('delete from log where position <= 4');
};

test('one that begins where the log does waits for no number that retention has dropped', async () => {
  await using database = await createWorkerDatabase(1);
  await dropped(database);
  await register(database, ledger(1), ledger(2, shedding));
  expect(await state(database)).toEqual([
    { version: 1, key: 'k', sequenced: true, next: 5 },
    { version: 1, key: 'quiet', sequenced: true, next: 3 },
  ]);
});

test('one that rested while retention went past it goes on where the log begins: what was dropped is skipped, and its numbers are not waited for', async () => {
  await using database = await createWorkerDatabase(1);
  await register(database, ledger(1), ledger(2));
  await database.rows(`update processors set state = 'retired' where processor = 'ledger' and version = 1`);
  await database.rows(`update checkpoints set position = 2, applied = 2 where processor = 'ledger'`);
  await database.rows(`insert into key_order values ('ledger', 1, 'default', 'shop', 'k', 0, true, 3)`);
  await dropped(database);
  await expect(registerAs(database, { ...options, apply: false }, ledger(1))).rejects.toThrow(
    'is retired, and nobody would be given its lanes. Start one worker with FAULTLINE_MIGRATE=true to take it up again.',
  );
  await register(database, ledger(1));
  expect(await states(database)).toMatchObject([{ state: 'active' }, { state: 'active' }]);
  expect(await standing(database)).toMatchObject([
    { version: 1, position: 4, applied: 2, skipped: 2, drop: 0 },
    { version: 2, position: 2 },
  ]);
  expect(await state(database)).toEqual([
    { version: 1, key: 'k', sequenced: true, next: 5 },
    { version: 1, key: 'quiet', sequenced: true, next: 3 },
  ]);
});

const retire = (database: WorkerDatabase, version: number) =>
  database.rows(`update processors set state = 'retired' where processor = 'ledger' and version = $1`, [version]);

test('one that goes on does so from the newest version that is not retired, and not from a release that was taken back', async () => {
  await using database = await createWorkerDatabase(1);
  await register(database, ledger(1), ledger(2));
  await database.rows(`update checkpoints set position = version, applied = version where processor = 'ledger'`);
  await retire(database, 2);
  await database.rows(`create table own_ledger_v1__notes as select 'of the first' as note`);
  const following = ['create table own_ledger_v3__notes as select note from own_ledger_vnone__notes'];
  await register(database, ledger(3, { startsFrom: 'previous', statements: { first: [], following } }));
  expect(await database.rows('select note from own_ledger_v3__notes')).toEqual([{ note: 'of the first' }]);
  expect(await standing(database)).toMatchObject([{ position: 1 }, { position: 2 }, { version: 3, position: 1, applied: 1, drop: 0 }]);
});

test('one that goes on from a version that is retired, as there is no other, counts what retention has dropped since as skipped, and waits for none of its numbers', async () => {
  await using database = await createWorkerDatabase(1);
  await register(database, ledger(1), ledger(2));
  await database.rows(`update checkpoints set position = version, applied = version where processor = 'ledger'`);
  await database.rows(`insert into key_order values ('ledger', 2, 'default', 'shop', 'k', 0, true, 3)`);
  await dropped(database);
  await retire(database, 1);
  await retire(database, 2);
  await register(database, ledger(3, { startsFrom: 'previous' }), ledger(4, { startsFrom: 'previous', ...shedding }));
  expect(await standing(database)).toMatchObject([
    { position: 1 },
    { position: 2 },
    { version: 3, position: 4, applied: 2, skipped: 2, drop: 0 },
    { version: 4, position: 4, applied: 2, skipped: 2, drop: 0 },
  ]);
  expect((await state(database)).filter(({ version }) => version > 2)).toEqual([
    { version: 3, key: 'k', sequenced: true, next: 5 },
    { version: 3, key: 'quiet', sequenced: true, next: 3 },
  ]);
});

test('a version that goes on where another stands is not accused of what that one died of', async () => {
  await using database = await createWorkerDatabase(1);
  await register(database, ledger(1));
  const accused = 'attempt_position = 7, attempt_count = 3, takeovers_without_progress = 5, skipped = skipped + 6, position = position + 6';
  await database.rows(`update checkpoints set ${accused} where processor = 'ledger'`);
  await register(database, ledger(2, { startsFrom: 'previous' }));
  expect(
    await database.rows(
      `select position::int, attempt_position, attempt_count, takeovers_without_progress from checkpoints where processor = 'ledger' and version = 2`,
    ),
  ).toEqual([{ position: 6, attempt_position: null, attempt_count: 0, takeovers_without_progress: 0 }]);
});
