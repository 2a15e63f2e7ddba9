import { Client, type Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { readLogBooks } from './log-books.ts';
import { createLogRetention } from './log-retention.ts';
import { migrate } from './migrate.ts';
import { createSession } from './session.ts';
import { createSessionPool, type SessionPool } from './session-pool.ts';
import { createTestPool } from './testing-pool.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
let pool: Pool;
let sessions: SessionPool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createTestPool(database.url, 4);
  await migrate(pool, { lanes: 2, apply: true });
  sessions = createSessionPool([createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 })]);
});

afterEach(async () => {
  await sessions[Symbol.asyncDispose]();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const dayName = async (daysAgo: number): Promise<string> => {
  const { rows } = await pool.query<{ name: string }>(
    `select 'log_' || to_char((now() at time zone 'UTC')::date - $1::integer, 'YYYYMMDD') as name`,
    [daysAgo],
  );
  return rows[0]!.name;
};

/** A day that is over, with its events as [lane, position]. */
const makeDay = async (daysAgo: number, ...events: readonly (readonly [number, number])[]): Promise<string> => {
  const name = await dayName(daysAgo);
  const from = `(select (now() at time zone 'UTC')::date - ${daysAgo})`;
  const { rows } = await pool.query<{ low: string; high: string }>(`select ${from}::text as low, (${from} + 1)::text as high`);
  await pool.query(`create table ${name} (like log including defaults including constraints)`);
  await pool.query(
    `alter table log attach partition ${name} for values from ('${rows[0]!.low} 00:00:00+00') to ('${rows[0]!.high} 00:00:00+00')`,
  );
  for (const [lane, position] of events) await append(lane, position, `${rows[0]!.low} 12:00:00+00`);
  return name;
};

const insert = `
  insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, body, appended_at)
  values (1, $1::integer, $2::bigint, $1::integer * 1000 + $2::bigint, 'default', 's', 'o', 'e', now(), 'client', now(), '{}', $3)`;

const append = async (lane: number, position: number, at: string, on: Pick<Pool, 'query'> = pool): Promise<void> => {
  await on.query(insert, [lane, position, at]);
  await on.query('update lanes set head = greatest(head, $2) where lane = $1', [lane, position]);
};

const readTo = (position: number, processor = '%') =>
  pool.query('update checkpoints set position = $1 where processor like $2', [position, processor]);

const partitions = async (): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relname ~ '^log_2' and to_date(substr(relname, 5), 'YYYYMMDD') < (now() at time zone 'UTC')::date order by 1`,
  );
  return rows.map(({ name }) => name);
};

const lowWater = async () =>
  (await pool.query<{ low_water: string }>('select low_water from lanes order by lane')).rows.map((row) => Number(row.low_water));

const dropPast = (keepDays: number, consumers: 'wait' | 'drop' = 'wait') =>
  createLogRetention(sessions, 'worker-1').dropPast({ keepDays, consumers });

const makeConsumer = async (position: number) => {
  await pool.query(`insert into consumers (tenant, consumer, stream_version) values ('default', 'billing', 1)`);
  await pool.query(`insert into consumer_lanes (tenant, consumer, lane, position) select 'default', 'billing', lane, $1 from lanes`, [
    position,
  ]);
};

describe('retention', () => {
  test('drops the days that are over and read by all, oldest first, and leaves their marks and a record', async () => {
    const old = await makeDay(5, [0, 1], [0, 2], [1, 1]);
    const older = await makeDay(6);
    const kept = await makeDay(2, [0, 3]);
    await readTo(3);
    expect(await dropPast(2)).toEqual({ dropped: [older, old], waits: null });
    expect([await partitions(), await lowWater()]).toEqual([[kept], [2, 1]]);
    expect((await pool.query('select count(*)::int as n from log')).rows).toEqual([{ n: 1 }]);
    const { rows } = await pool.query(
      'select partition, marks, passed_by, decided_by, dropped_at is not null as gone from log_drops order by 1',
    );
    expect(rows[1]).toEqual({ partition: old, marks: { 0: 2, 1: 1 }, passed_by: [], decided_by: 'worker-1', gone: true });
    expect(await dropPast(2)).toEqual({ dropped: [], waits: null });
  });

  test('drops nothing where none is set, and never today', async () => {
    const name = await makeDay(400, [0, 1]);
    await readTo(1);
    expect(await dropPast(0)).toEqual({ dropped: [], waits: null });
    expect(await dropPast(400)).toEqual({ dropped: [], waits: null });
    expect(await partitions()).toEqual([name]);
    expect((await dropPast(399)).dropped).toEqual([name]);
  });

  test('never passes a processor that has not read a day, whatever the policy, unless it is retired', async () => {
    const first = await makeDay(9, [0, 1]);
    const second = await makeDay(8, [0, 2]);
    await readTo(2);
    await readTo(1, 'timelines');
    expect(await dropPast(1, 'drop')).toEqual({ dropped: [first], waits: { partition: second, readers: ['timelines/1'] } });
    expect(await lowWater()).toEqual([1, 0]);
    await pool.query(`update processors set state = 'retired' where processor = 'timelines'`);
    expect((await dropPast(1)).dropped).toEqual([second]);
  });

  test('waits for a consumer over HTTP by default; passes it, on record, where the policy says so', async () => {
    const name = await makeDay(3, [0, 1], [1, 1]);
    await readTo(1);
    await makeConsumer(0);
    expect(await dropPast(1)).toEqual({ dropped: [], waits: { partition: name, readers: ['consumer billing'] } });
    expect(await lowWater()).toEqual([0, 0]);
    expect((await dropPast(1, 'drop')).dropped).toEqual([name]);
    expect((await pool.query('select passed_by from log_drops')).rows).toEqual([{ passed_by: ['billing'] }]);
  });

  test('ends what a worker that died had begun: decided on, half detached, or detached and still there', async () => {
    const [a, b, c] = [await makeDay(9, [0, 1]), await makeDay(8, [0, 2]), await makeDay(7, [0, 3])];
    await readTo(3);
    await pool.query(`alter table log detach partition ${b} concurrently`);
    const reader = await pool.connect();
    await reader.query('begin; select from log limit 1');
    const dying = new Client({ connectionString: database.url, statement_timeout: 500 });
    await dying.connect();
    await expect(dying.query(`alter table log detach partition ${a} concurrently`)).rejects.toThrow('timeout');
    await dying.end();
    await reader.query('commit');
    reader.release();
    await pool.query(
      `insert into log_drops (partition, until, marks, decided_by) values ('${a}', now(), '{}', 'dead'), ('${b}', now(), '{}', 'dead')`,
    );
    expect((await dropPast(1)).dropped).toEqual([a, b, c]);
    expect(await partitions()).toEqual([]);
  });

  test('keeps no append waiting while it waits itself for somebody who reads the log', async () => {
    const name = await makeDay(4, [0, 1]);
    await makeDay(3, [0, 2]);
    await readTo(2);
    const reader = await pool.connect();
    await reader.query('begin; select from log limit 1');
    const round = dropPast(3);
    const isWaiting = async () =>
      (
        await pool.query(
          `select from pg_stat_activity where datname = current_database() and query like '%concurrently' and wait_event_type = 'Lock'`,
        )
      ).rowCount;
    await expect.poll(isWaiting, { timeout: 10_000 }).toBe(1);
    const writer = await pool.connect();
    await writer.query(`set lock_timeout = '2s'`);
    await append(1, 1, new Date().toISOString(), writer);
    writer.release();
    await reader.query('commit');
    reader.release();
    expect((await round).dropped).toEqual([name]);
  });
});

describe('the books', () => {
  const read = async (keepDays: number) => {
    const client = await openConnection({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 }, () => {});
    const entries = await readLogBooks(client, keepDays);
    await client.end();
    return Object.fromEntries(
      entries.map(({ signal, attributes, value }) => [[signal.name, ...Object.values(attributes)].join(' '), value]),
    );
  };

  test('say how far the log is made ahead, how far back it goes, and what should be gone', async () => {
    const fresh = await read(0);
    expect(fresh).toMatchObject({
      'faultline.log.partitions.ahead': 7,
      'faultline.log.partitions.overdue': 0,
      'faultline.log.low_water 0': 0,
    });
    expect(fresh['faultline.log.oldest_age']).toBeLessThan(86_400);
    await makeDay(3, [0, 5]);
    await pool.query(`drop table ${await dayName(-4)}`);
    await pool.query('update lanes set low_water = 4 where lane = 1');
    const later = await read(2);
    expect(later).toMatchObject({
      'faultline.log.partitions.ahead': 3,
      'faultline.log.partitions.overdue': 1,
      'faultline.log.low_water 1': 4,
    });
    expect(later['faultline.log.oldest_age']).toBeGreaterThan(3 * 86_400);
    expect((await read(3))['faultline.log.partitions.overdue']).toBe(0);
  });

  test('say 0 days ahead where tomorrow is missing, whatever comes after it', async () => {
    await pool.query(`drop table ${await dayName(-1)}`);
    expect((await read(0))['faultline.log.partitions.ahead']).toBe(0);
  });

  test('say no age where there is no partition, rather than that the log is new', async () => {
    for (let day = 0; day <= 7; day += 1) await pool.query(`drop table ${await dayName(-day)}`);
    const books = await read(0);
    expect(books).toMatchObject({ 'faultline.log.partitions.ahead': 0, 'faultline.log.partitions.overdue': 0 });
    expect(books).not.toHaveProperty('faultline.log.oldest_age');
  });
});
