// What the harness asks of the target's tables, against the system's own schema on a real PostgreSQL.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import type { FinalRow } from '../../history/final-state.ts';
import { createDatabase, openPool } from '../database.ts';
import { lockReadModel } from './lock-read-model.ts';
import { lagIn, pendingIn } from './pending.ts';
import { readBack } from './read-back.ts';

const migrations = new URL('../../../system/storage/postgres/migrations/', import.meta.url);

let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool(await createDatabase(inject('postgresUrl'), `target_tables_${process.pid}`));
  for (const name of (await readdir(migrations)).toSorted()) await pool.query(await readFile(new URL(name, migrations), 'utf8'));
  await pool.query('insert into streams (version, lane_count) values (1, 2) on conflict do nothing');
  await pool.query('insert into lanes (stream_version, lane) values (1, 0), (1, 1) on conflict do nothing');
});
afterAll(() => pool.end());

const rowsOf = async (kind: FinalRow['kind']): Promise<readonly FinalRow[]> => {
  const rows: FinalRow[] = [];
  for await (const row of readBack(pool)) if (row.kind === kind) rows.push(row);
  return rows;
};

describe('what is pending', () => {
  test('before a processor has registered nothing can be called drained', async () => {
    expect(await pendingIn(pool)).toEqual(['no processor has registered yet']);
  });

  test('is named with its numbers; duties and retired processors do not count', async () => {
    await pool.query(`insert into processors (processor, version, ordered, state, stream_version)
      values ('timelines', 1, true, 'active', 1), ('events', 1, false, 'retired', 1), ('_duties', 0, true, 'active', 1)`);
    await pool.query('update lanes set head = 5 where lane = 0');
    expect(await pendingIn(pool)).toEqual(['5 events not yet passed by timelines']);
    expect(await lagIn(pool)).toBe(5);
    await pool.query(`insert into checkpoints (processor, version, lane, position) values ('timelines', 1, 0, 5)`);
    expect(await pendingIn(pool)).toEqual([]);
    expect(await lagIn(pool)).toBe(0);
  });

  test('a key that is being retried is on its way, a parked one rests', async () => {
    await pool.query(`insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state)
      values ('timelines', 1, 0, 'default', 's', 'a', 'retrying'), ('timelines', 1, 0, 'default', 's', 'b', 'parked')`);
    expect(await pendingIn(pool)).toEqual(['1 keys are being retried by timelines']);
    await pool.query(`delete from parked_keys where state = 'retrying'`);
    expect(await pendingIn(pool)).toEqual([]);
  });
});

describe('the read-back', () => {
  test('hashes bodies as they were sent, and gives numbers, not text', async () => {
    await pool.query(`insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, lane, position, body)
      values (9007199254740000, 'default', 's', 'ä', 'n', '{}', now(), 'client', to_timestamp(1.5), 0, 1, '{"ä":1}')`);
    const [event] = await rowsOf('event');
    expect(event).toMatchObject({
      kind: 'event',
      id: 9007199254740000,
      tenant: 'default',
      objectId: 'ä',
      lane: 0,
      position: 1,
      receivedAt: 1500,
      sequence: null,
    });
    expect(event).toMatchObject({ bodySha256: createHash('sha256').update('{"ä":1}').digest('hex') });
  });

  test('counts again from the tables, not from the books', async () => {
    await pool.query(`insert into checkpoints (processor, version, lane, position, applied) values ('events', 1, 0, 7, 7)`);
    expect(await rowsOf('recount')).toContainEqual({
      kind: 'recount',
      processor: 'events',
      version: 1,
      lane: 0,
      effects: 1,
      parked: 0,
      pending: 0,
    });
    expect(await rowsOf('checkpoint')).toContainEqual(expect.objectContaining({ processor: 'events', applied: 7 }));
  });

  test('streams more rows than one chunk holds', async () => {
    await pool.query(`insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
      select 1, 'default', 's', 'o', n, n, 'n', now(), 1, n from generate_series(1, 4001) n`);
    expect(await rowsOf('timeline-entry')).toHaveLength(4001);
  });

  test('says whose each row is, in the log, in table events, in timelines and in the park', async () => {
    const event = `id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, lane, position, body`;
    const row = `8, 'acme', 's', 'theirs', 'n', now(), 'client', now(), 1, 9500, '{}'`;
    await pool.query('create table if not exists log_whenever partition of log default');
    await pool.query(`insert into log (stream_version, ${event}) values (1, ${row})`);
    await pool.query(`insert into events (${event}, metadata) values (${row}, '{}')`);
    await pool.query(`insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
      values (1, 'acme', 's', 'theirs', 1, 8, 'n', now(), 1, 9500)`);
    await pool.query(`insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state)
      values ('timelines', 1, 1, 'acme', 's', 'theirs', 'parked')`);
    await pool.query(`insert into parked_events (processor, version, ${event}) values ('timelines', 1, ${row})`);
    for (const kind of ['log', 'event', 'timeline-entry', 'parked'] as const) {
      const theirs = (await rowsOf(kind)).filter((found) => 'objectId' in found && found.objectId === 'theirs');
      expect(theirs, kind).toEqual([expect.objectContaining({ tenant: 'acme' })]);
    }
  });

  test('finds whatever is left of an erased event, in each version of each processor', async () => {
    const event = `id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, lane, position, body`;
    const row = (body: string) => `7, 'default', 's', 'gone', 'n', now(), 'client', now(), 1, 9000, '${body}'`;
    const copyIn = (table: string, body: string, more = '') =>
      pool.query(
        `insert into ${table} (processor, version${more === '' ? '' : ', sequence'}, ${event}) values ('timelines', 2${more}, ${row(body)})`,
      );
    await pool.query('create table if not exists log_whenever partition of log default');
    await pool.query(`insert into log (stream_version, ${event}) values (1, ${row('{"erased":true}')})`);
    await pool.query(`insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
      values (2, 'default', 's', 'gone', 1, 7, 'n', now(), 1, 9000)`);
    await copyIn('parked_events', '{"name":"Ada"}');
    await copyIn('pending_events', '{"name":"Ada"}', ', 1');
    await pool.query(`insert into event_recoveries (processor, version, lane, position, tenant, system_name, object_id, fixed_body)
      values ('timelines', 2, 1, 9000, 'default', 's', 'gone', '{}')`);
    const left = async () => (await rowsOf('remnant')).map((found) => found.kind === 'remnant' && found.place);
    expect(await left()).toEqual(['event_recoveries', 'parked_events', 'pending_events', 'timeline_entries']);
    for (const table of ['parked_events', 'pending_events'])
      await pool.query(`update ${table} set body = '{"erased":true}' where position = 9000`);
    for (const table of ['event_recoveries', 'timeline_entries']) await pool.query(`delete from ${table} where position = 9000`);
    expect(await left()).toEqual([]);
  });

  test('a reader that stops early leaves no transaction open', async () => {
    for await (const row of readBack(pool)) if (row.kind === 'timeline-entry') break;
    const open = `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    const left = async () => (await pool.query(open)).rows.length;
    expect(await waitUntil(left, (number) => number === 0, { clock: systemClock, withinMs: 5000, everyMs: 20 })).toMatchObject({
      done: true,
    });
  });
});

describe('the lock on the read model', () => {
  test('stops a writer, names it, and lets it go on', async () => {
    const writer = await pool.connect();
    await writer.query(`set application_name = 'faultline-worker-worker-1-abcdef-handler-1'`);
    let writing: Promise<unknown>;
    {
      await using lock = await lockReadModel(pool);
      expect(await lock.waiting()).toEqual([]);
      writing =
        writer.query(`insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
        values (1, 'default', 's', 'locked', 1, 1, 'n', now(), 1, 9999)`);
      let waiting = await lock.waiting();
      while (waiting.length === 0) waiting = await lock.waiting();
      expect(waiting.map(({ applicationName }) => applicationName)).toEqual(['faultline-worker-worker-1-abcdef-handler-1']);
    }
    await writing;
    writer.release(true);
  });
});
