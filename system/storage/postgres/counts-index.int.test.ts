import { expect, test } from 'vitest';
import { createWorkerDatabase, eventually, startWorkerProcess, type WorkerDatabase } from '../../workers/testing.ts';
import { createCountsIndex } from './counts-index.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

const { signal } = new AbortController();

/** As the elected worker of that name makes it. */
const maker = (database: WorkerDatabase, worker: string) => {
  const session = (part: string) =>
    createSession({ databaseUrl: database.url, name: `faultline-worker-${worker}-${part}`, leaseMs: 60_000 });
  const [turns, own] = [createSessionPool([session('books')]), session('index')];
  const make = createCountsIndex(turns, own);
  return {
    make: (until = signal) => make(until),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([turns[Symbol.asyncDispose](), own[Symbol.asyncDispose]()]);
    },
  };
};

type State = { valid: boolean; oid: number };
const state = (database: WorkerDatabase) =>
  database.rows<State>(
    `select indisvalid as valid, indexrelid::int as oid from pg_index where indexrelid = to_regclass('minute_counts_minute')`,
  );

const fill = (database: WorkerDatabase) =>
  database.rows(
    `insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count)
     select 1, 0, 'default', 'shop', 'paid', now() + n * interval '1 minute', 1 from generate_series(1, 1000) as n`,
  );

/** A transaction that has written counts, and stays open: whoever makes an index beside writers waits for it. */
const openWriter = async (database: WorkerDatabase) => {
  const client = await database.pool.connect();
  await client.query(`begin; update minute_counts set count = count + 1 where minute = (select min(minute) from minute_counts)`);
  return {
    end: async () => {
      await client.query('commit');
      client.release();
    },
  };
};

/** Who makes it, and waits for the writer already: the index is in the catalogue from then on, and not before. */
const making = (database: WorkerDatabase) =>
  database.rows<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query like 'create index concurrently%' and state = 'active'
     and application_name like 'faultline-worker-%-index' and wait_event_type = 'Lock' and to_regclass('minute_counts_minute') is not null`,
  );

test('it is made beside writers, by one at a time, and once', async () => {
  await using database = await createWorkerDatabase(1);
  await using first = maker(database, 'w1');
  await using second = maker(database, 'w2');
  await fill(database);
  const writer = await openWriter(database);
  const made = first.make();
  await eventually(
    () => making(database),
    ({ length }) => length === 1,
  );
  // Nobody who writes waits for it.
  await database.rows(
    `begin; set local lock_timeout = '1s'; insert into minute_counts values (1, 0, 'default', 'shop', 'sent', now(), 1); commit`,
  );
  await second.make();
  expect(await making(database)).toHaveLength(1);
  await writer.end();
  await made;
  const [index] = await state(database);
  expect(index!.valid).toBe(true);
  await second.make();
  expect(await state(database)).toEqual([index]);
  // Its connection is there for as long as it is made.
  const connections = `select from pg_stat_activity where datname = current_database() and application_name like 'faultline-worker-w_-index'`;
  await eventually(
    () => database.rows(connections),
    ({ length }) => length === 0,
  );
});

test('what a making that was cut off left is dropped, and made anew', async () => {
  await using database = await createWorkerDatabase(1);
  await using first = maker(database, 'w1');
  await using second = maker(database, 'w2');
  await fill(database);
  const writer = await openWriter(database);
  const made = first.make();
  const [cut] = await eventually(
    () => making(database),
    ({ length }) => length === 1,
  );
  await database.rows('select pg_terminate_backend($1)', [cut!.pid]);
  await expect(made).rejects.toThrow('terminat');
  await writer.end();
  const [left] = await state(database);
  expect(left!.valid).toBe(false);
  await second.make();
  const [index] = await state(database);
  expect(index!.valid).toBe(true);
  expect(index!.oid).not.toBe(left!.oid);
});

test('who gives the duties up does not wait for it, and the server makes it to the end', async () => {
  await using database = await createWorkerDatabase(1);
  await using first = maker(database, 'w1');
  await using second = maker(database, 'w2');
  await fill(database);
  const writer = await openWriter(database);
  const stopping = new AbortController();
  const made = first.make(stopping.signal);
  await eventually(
    () => making(database),
    ({ length }) => length === 1,
  );
  stopping.abort();
  await expect(made).rejects.toThrow('Connection terminated');
  // Longer than until the server would have seen that nobody waits.
  await database.rows('select pg_sleep(1)');
  await second.make();
  expect(await making(database)).toHaveLength(1);
  await writer.end();
  const [index] = await eventually(
    () => state(database),
    ([one]) => one?.valid === true,
  );
  await second.make();
  expect(await state(database)).toEqual([index]);
});

test('the elected worker makes it', async () => {
  await using database = await createWorkerDatabase(1);
  await using worker = await startWorkerProcess(database.url);
  await eventually(
    () => state(database),
    ([one]) => one?.valid === true,
  );
  worker.signal('SIGTERM');
  expect(await worker.exited).toBe(0);
}, 60_000);
