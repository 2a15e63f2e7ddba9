import { expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { createEventTransactions } from './event-transactions.ts';
import { createTestDatabase } from './testing.ts';

type Values = readonly unknown[];

/** As a lane's connection has them: one transaction, and each event its share of it. */
const connected = async () => {
  const database = await createTestDatabase();
  const client = await openConnection({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 }, () => {});
  await client.query('create table notes (note bigserial primary key, value jsonb)');
  /** One event that sends a text with each of these values at once. Returns what fails the event, or null. */
  const event = async (text: string, ...all: readonly Values[]): Promise<unknown> => {
    const one = createEventTransactions(client).begin();
    await client.query('begin');
    await Promise.allSettled(all.map((values) => one.query(text, values)));
    const failed = await one.close();
    await (failed === null ? one.keep() : one.undo());
    await client.query('commit');
    return failed;
  };
  const prepared = async () =>
    (await client.query<{ statement: string }>(`select statement from pg_prepared_statements where name <> ''`)).rows.length;
  return {
    client,
    event,
    prepared,
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await database[Symbol.asyncDispose]();
    },
  };
};

const insert = 'insert into notes (value) values ($1)';
const circular: { self?: unknown } = {};
circular.self = circular;
const throwing = {
  toJSON: () => {
    throw new RangeError('not as JSON');
  },
};

test.each([
  ['a BigInt', { value: 1n }, /BigInt/],
  ['a circle', circular, /circular/],
  ['a toJSON that throws', throwing, /not as JSON/],
])('a value that can not be sent (%s) fails its event alone, for what it is', async (_, value, reason) => {
  await using database = await connected();
  const { event, prepared } = database;
  expect(await event(insert, [value])).toMatchObject({ message: reason });
  expect(await event(insert, ['1'])).toBeNull();
  expect(await event(insert, ['2'], [value], ['3'])).toMatchObject({ message: reason });
  expect(await event(insert, ['4'], ['5'])).toBeNull();
  expect(
    (await database.client.query('select value from notes order by note')).rows.map((row) => (row as { value: number }).value),
  ).toEqual([1, 4, 5]);
  expect(await prepared()).toBe(1);
});

test('a table that is altered under a statement fails one event, not each one after it', async () => {
  await using database = await connected();
  const { client, event, prepared } = database;
  const select = 'select * from notes where note > $1';
  expect(await event(select, [0])).toBeNull();
  await client.query('alter table notes add column more integer');
  expect(await event(select, [0])).toMatchObject({ code: '0A000' });
  expect(await event(select, [0])).toBeNull();
  expect(await event(select, [0])).toBeNull();
  // The one before stays on the server, and is counted.
  expect(await prepared()).toBe(2);
});

test('a statement that the data fails stays prepared; of ever new texts, and of tables that are altered over and over, a connection keeps two hundred', async () => {
  await using database = await connected();
  const { client, event, prepared } = database;
  expect(await event(insert, ['1'])).toBeNull();
  expect(await event(insert, ['{'])).toMatchObject({ code: '22P02' });
  expect(await event(insert, ['2'])).toBeNull();
  expect(await prepared()).toBe(1);
  for (let count = 0; count < 210; count += 1) {
    const select = `select * from notes where note > $1 and ${count} >= 0`;
    await event(select, [0]);
    if (count >= 5) continue;
    await client.query(`alter table notes add column more_${count} integer`);
    await event(select, [0]);
  }
  expect(await prepared()).toBe(200);
});

test('a bigint that no number can hold fails its event, and is not rounded', async () => {
  await using database = await connected();
  const { event, prepared } = database;
  const most = 'select 9007199254740991 + $1::bigint as n';
  expect(await event(most, [0])).toBeNull();
  expect(await event(most, [1])).toMatchObject({ message: expect.stringMatching(/^9007199254740992 is not below 2\^53/) as string });
  expect(await event(most, [0])).toBeNull();
  expect(await prepared()).toBe(1);
});
