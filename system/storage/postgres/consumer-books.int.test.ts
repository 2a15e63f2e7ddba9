import { expect, test } from 'vitest';
import { readBooks } from './books.ts';
import { openConnection } from './connection.ts';
import { migrate } from './migrate.ts';
import { createTestPool } from './testing-pool.ts';
import { createTestDatabase } from './testing.ts';

const fill = `
  insert into consumers (tenant, consumer, stream_version) select 'default', 'c' || lpad(n::text, 2, '0'), 1 from generate_series(1, 22) n;
  insert into consumer_lanes (tenant, consumer, lane, position) select tenant, consumer, lane, 0 from consumers, lanes;
  insert into consumers (tenant, consumer, stream_version) values ('acme', 'c', 1);
  insert into consumer_lanes (tenant, consumer, lane, position) values ('acme', 'c', 0, 3), ('acme', 'c', 1, 0);
  update lanes set head = 5 where lane = 0;
  insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, body, appended_at)
  select 1, 0, n, n, 'default', 's', 'o', 'e', now(), 'client', now(), '{}', now() from generate_series(1, 5) n`;

test('the books have lag and age of the twenty consumers that were made first, and the rest as one, as old as the oldest of it', async () => {
  await using database = await createTestDatabase();
  const pool = createTestPool(database.url);
  await migrate(pool, { lanes: 2, apply: true });
  await pool.query(fill);
  await pool.query(`update consumer_lanes set position = 5 where consumer = 'c01' and lane = 0`);
  const client = await openConnection({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 }, () => {});
  const read = async () => {
    const { entries } = await readBooks(client);
    const of = (name: string) =>
      new Map(
        entries.flatMap(({ signal, attributes, value }) => (signal.name === name ? [[Object.values(attributes)[0], value] as const] : [])),
      );
    return [of('faultline.consumer.lag'), of('faultline.consumer.lag.duration')] as const;
  };
  const [lag, age] = await read();
  expect([lag.size, age.size]).toEqual([21, 21]);
  expect([lag.get('acme/c'), lag.get('c01'), lag.get('c02'), lag.get('_others')]).toEqual([2, 0, 5, 15]);
  expect(age.get('c01')).toBe(0);
  expect(age.get('c02')).toBeGreaterThan(0);

  // Of the three that have no name the one that is furthest behind: by five hours, where the next event of the others is an hour old.
  // Soon after midnight these hours are yesterday's, when there was no log yet.
  const { rows } = await pool.query<{ day: string }>(
    `select min(substr(relname, 5)) as day from pg_class where relname ~ '^log_[0-9]{8}$'`,
  );
  await pool.query(`create table log_before partition of log for values from (minvalue) to ('${rows[0]!.day} 00:00:00+00')`);
  await pool.query(`update log set appended_at = now() - (6 - position) * interval '1 hour'`);
  await pool.query(`update consumer_lanes set position = 4 where consumer in ('c20', 'c21') and lane = 0`);
  expect(Math.round((await read())[1].get('_others')! / 3600)).toBe(5);
  await pool.query(`update consumer_lanes set position = 5 where consumer in ('c20', 'c21', 'c22') and lane = 0`);
  expect((await read())[1].get('_others')).toBe(0);

  // One that comes later takes nobody's name away, whatever its own is.
  await pool.query(
    `insert into consumers (tenant, consumer, stream_version, created_at) values ('acme', 'a', 1, now() + interval '1 second')`,
  );
  expect(new Set((await read())[0].keys())).toEqual(new Set(lag.keys()));
  await client.end();
  await pool.end();
});

test('without a consumer there is no series of one', async () => {
  await using database = await createTestDatabase();
  const pool = createTestPool(database.url);
  await migrate(pool, { lanes: 1, apply: true });
  const client = await openConnection({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 }, () => {});
  const { entries } = await readBooks(client);
  expect(entries.filter(({ signal }) => signal.name.startsWith('faultline.consumer'))).toEqual([]);
  await client.end();
  await pool.end();
});
