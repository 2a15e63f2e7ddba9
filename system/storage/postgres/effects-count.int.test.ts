// The effects counted against the books: exact for one moment, for as long as it takes, and beside the books.
import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { createDutiesStore } from './duties-store.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

/** Carries out the duties as worker `w1`, which has the lease. */
const start = async (database: WorkerDatabase) => {
  const session = (name: string) => createSession({ databaseUrl: database.url, name, leaseMs: 60_000 });
  const pool = createSessionPool([session('faultline-worker-w1-books')]);
  const effects = session('faultline-worker-w1-effects');
  const store = createDutiesStore(pool, {
    worker: 'w1',
    keepDays: 0,
    sleep: () => Promise.resolve(),
    comparisons: pool,
    effects,
    indexes: effects,
  });
  const [lease] = await database.rows<{ epoch: number }>(
    `update leases set owner = 'w1', expires_at = clock_timestamp() + interval '1 hour' where processor = '_duties' returning epoch::integer`,
  );
  const { signal } = new AbortController();
  return {
    store,
    epoch: lease!.epoch,
    count: async (until = signal) =>
      (await store.countEffects(lease!.epoch, until))?.map(({ attributes, value }) => [...Object.values(attributes), value]).toSorted(),
    [Symbol.asyncDispose]: async () => {
      await pool[Symbol.asyncDispose]();
      await effects[Symbol.asyncDispose]();
    },
  };
};

/** In place of a table one row whose count is asked for when it is read. */
const replaceMinutes = (database: WorkerDatabase, count: string) =>
  database.pool.query(
    `alter table minute_counts rename to kept; create view minute_counts as select 1 as version, 0 as lane, ${count} as count`,
  );

const counting = (database: WorkerDatabase) =>
  database.rows(
    `select from pg_stat_activity where application_name = 'faultline-worker-w1-effects' and datname = current_database() and state = 'active'`,
  );

test('a doubled effect and a lost one are told, lane by lane, and nothing of a version that rests', async () => {
  await using database = await createWorkerDatabase(2);
  await using duties = await start(database);
  expect(await duties.count()).toEqual([
    ['events', 1, 0, 0],
    ['events', 1, 1, 0],
    ['timelines', 1, 0, 0],
    ['timelines', 1, 1, 0],
  ]);
  await database.rows(`update checkpoints set applied = 5, position = 5 where processor = 'timelines' and lane = 1`);
  await database.rows(
    `insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count)
     values (1, 0, 'default', 's', 'e', now(), 1), (1, 1, 'default', 's', 'e', now(), 4)`,
  );
  await database.rows(
    `insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
     select 1, 'default', 's', 'o', n, n, 'e', now(), 1, n from generate_series(1, 5) n`,
  );
  await database.rows(`update processors set state = 'retired' where processor = 'events'`);
  expect(await duties.count()).toEqual([
    ['timelines', 1, 0, 1],
    ['timelines', 1, 1, -1],
  ]);
});

test('all that one of two tables had of a lane is missed, though the other has it', async () => {
  await using database = await createWorkerDatabase(1);
  await using duties = await start(database);
  await database.rows(`update checkpoints set applied = 5, position = 5 where processor = 'timelines'`);
  await database.rows(
    `insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count) values (1, 0, 'default', 's', 'e', now(), 5)`,
  );
  expect(await duties.count()).toContainEqual(['timelines', 1, 0, -5]);
});

test('it is given minutes, where any other statement has thirty seconds', async () => {
  await using database = await createWorkerDatabase(1);
  await using duties = await start(database);
  await replaceMinutes(database, `(select setting::bigint from pg_settings where name = 'statement_timeout')`);
  expect(await duties.count()).toContainEqual(['timelines', 1, 0, 240_000]);
});

test('the books are read while it goes on, and its snapshot is none that somebody should end', async () => {
  await using database = await createWorkerDatabase(1);
  await using duties = await start(database);
  await replaceMinutes(database, '(select 1::bigint from pg_sleep(60))');
  const stopping = new AbortController();
  const count = duties.count(stopping.signal).catch(() => 'cut off');
  await expect.poll(() => counting(database)).toHaveLength(1);
  const reading = (await duties.store.readBooks(duties.epoch))!;
  const { value: held } = reading.entries.find(({ signal }) => signal.name === 'faultline.database.oldest_snapshot_age')!;
  expect(held).toBeGreaterThan(0);
  expect(reading.oldestSnapshotSeconds).toBe(0);
  stopping.abort();
  expect(await count).toBe('cut off');
});

test('one that nobody wants any more ends at once, here and on the server, and the next one counts', async () => {
  await using database = await createWorkerDatabase(1);
  await using duties = await start(database);
  await replaceMinutes(database, '(select 1::bigint from pg_sleep(60))');
  const stopping = new AbortController();
  const count = duties.count(stopping.signal);
  count.catch(() => {});
  await expect.poll(() => counting(database)).toHaveLength(1);
  stopping.abort();
  await expect(count).rejects.toThrow('terminated');
  await expect.poll(() => counting(database), { timeout: 10_000 }).toEqual([]);
  await database.pool.query('drop view minute_counts; alter table kept rename to minute_counts');
  expect(await duties.count()).toHaveLength(2);
  await expect(duties.count(stopping.signal)).rejects.toThrow('aborted');
});

test('a read model that somebody holds locked is not waited for, and who lost the lease counts nothing', async () => {
  await using database = await createWorkerDatabase(1);
  await using duties = await start(database);
  await using locking = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 60_000 });
  await (await locking.client()).query('begin; lock table events in access exclusive mode');
  await expect(duties.count()).rejects.toThrow('lock timeout');
  await (await locking.client()).query('rollback');
  expect(await duties.count()).toHaveLength(2);
  await database.rows(`update leases set epoch = epoch + 1 where processor = '_duties'`);
  expect(await duties.count()).toBeUndefined();
});
