// The books of datagrams when they are tidied, and when several doors book at once.
import { Client, type Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DatagramSums, lostDatagrams, selectDatagrams } from './datagram-entries.ts';
import { migrate } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';
import { createTestPool } from './testing-pool.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createTestPool(database.url);
  await migrate(pool, { lanes: 2, apply: true });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

beforeEach(() => pool.query('truncate udp_doors, udp_senders, udp_former_senders'));

const addDoor = (door: string, silentFor: string, isClosed = false) =>
  pool.query(
    `insert into udp_doors (door, kernel_dropped, beat_at, closed_at)
     values ($1, 0, now() - $2::interval, case when $3 then now() - $2::interval end)`,
    [door, silentFor, isClosed],
  );

/** Of `highest` numbers half came. */
const addSender = (boot: string, door: string, highest: number, silentFor: string, unattributed = 0) =>
  pool.query(
    `insert into udp_senders (tenant, source, boot, door, highest, received, appended, unattributed, last_seen)
     values ('default', 'till', $1, $2, $3::bigint, $3::bigint / 2, $3::bigint / 2, $5, now() - $4::interval)`,
    [boot, door, highest, silentFor, unattributed],
  );

const lost = async () => lostDatagrams((await pool.query<DatagramSums>(selectDatagrams)).rows[0]!);

test('what a killed process had in its hands stays unknown, and does not become the network’s, when its senders and it are folded', async () => {
  await addDoor('killed', '8 days');
  await addSender('a', 'killed', 200, '8 days');
  await addSender('b', 'killed', 40_000, '8 days', 10);
  const before = await lost();
  expect(before).toMatchObject({ unknown: 100 + 8192 + 10, network: 20_000 - 8192 - 10 });
  await pool.query('select fold_datagrams()');
  expect(await lost()).toEqual(before);
  await pool.query('select fold_datagram_doors()');
  expect(await lost()).toEqual(before);
});

test('the same where the door goes before its senders; and when they come back it is not counted again', async () => {
  await addDoor('killed', '8 days');
  await addSender('a', 'killed', 200, '1 day');
  await addSender('b', 'killed', 40_000, '1 day');
  const before = await lost();
  await pool.query('select fold_datagram_doors()');
  expect(await lost()).toEqual(before);
  await book('new', ['b'], 40_000);
  expect(await lost()).toEqual(before);
});

test('what a door that stopped in good order, or still beats, did not get was lost in the network', async () => {
  await addDoor('closed', '8 days', true);
  await addDoor('beating', '0 seconds');
  await addSender('a', 'closed', 200, '8 days');
  await addSender('b', 'beating', 200, '8 days');
  await addSender('c', 'closed', 200, '1 day');
  const before = await lost();
  expect(before).toMatchObject({ network: 300, unknown: 0 });
  await pool.query('select fold_datagrams()');
  await pool.query('select fold_datagram_doors()');
  expect(await lost()).toEqual(before);
});

/** One number of each, behind what it had. */
const book = (door: string, boots: readonly string[], from: number, client: Pick<Client, 'query'> = pool) => {
  const each = <Value>(value: Value) => boots.map(() => value);
  return client.query(
    `select book_datagrams($1, '{0,0,0,0,0,0}', $2::text[], $3::text[], $4::text[], $5::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $7::bigint[],
       $6::bigint[], $7::bigint[], $7::bigint[], $7::bigint[], $7::bigint[])`,
    [door, each('default'), each('till'), boots, each(from + 1), each(1), each(0)],
  );
};

const connect = async (): Promise<Client & AsyncDisposable> => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};

test('a batch waits for the first of its senders, in their own order, and holds none behind it meanwhile', async () => {
  await addDoor('before', '0 seconds');
  for (const boot of ['a', 'b']) await addSender(boot, 'before', 10, '0 seconds');
  await using holder = await connect();
  await using booker = await connect();
  await holder.query(`begin; select from udp_senders where boot = 'a' for update`);
  const booked = book('after', ['b', 'a'], 10, booker);
  booked.catch(() => undefined);
  await expect
    .poll(
      async () =>
        (await pool.query(`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%book_datagrams%'`)).rowCount,
    )
    .toBe(1);
  expect((await pool.query(`select from udp_senders where boot = 'b' for update skip locked`)).rowCount).toBe(1);
  await holder.query('commit');
  await booked;
  expect((await pool.query('select boot, door from udp_senders order by boot')).rows).toEqual([
    { boot: 'a', door: 'after' },
    { boot: 'b', door: 'after' },
  ]);
});
