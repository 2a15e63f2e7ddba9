import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { createWorkerDatabase, eventually } from '../../../workers/testing.ts';
import { createSession } from '../session.ts';
import { startVacuum } from '../testing.ts';
import { eraseRecords } from './erase-records.ts';
import type { OpenErasure } from './open-erasure.ts';
import { vacuumErased } from './vacuum-erased.ts';

const open: OpenErasure = {
  erasure: 1,
  key: { tenant: 'default', systemName: 'shop', objectId: 'ann' },
  isDryRun: false,
  requestedAt: new Date(0),
  cut: { 0: 100 },
  phase: 'records',
  place: {},
  rounds: 0,
};

const columns =
  'lane, position, id, tenant, system_name, object_id, event_name, sequence, event_time, event_time_source, received_at, body';

test('copies of a version that rests lose what they hold and keep their places, so that its books hold when it is taken up again', async () => {
  await using database = await createWorkerDatabase(1);
  const secret = { metadata: { note: 'secret' } };
  await database.append([
    { key: 'ann', sequence: 1, ...secret },
    { key: 'ann', sequence: 3, ...secret },
    { key: 'bob', sequence: 2, ...secret },
  ]);
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'retired', 1)`,
  );
  await database.rows(`insert into checkpoints (processor, version, lane, position, parked, pending) values ('ledger', 1, 0, 3, 1, 2)`);
  await database.rows(
    `insert into pending_events (processor, version, ${columns}) select 'ledger', 1, ${columns} from log where position > 1`,
  );
  await database.rows(
    `insert into parked_events (processor, version, ${columns}, attempts, reason_code, reason_message)
     select 'ledger', 1, ${columns}, 3, 'handler_threw', 'secret' from log where position = 1`,
  );
  await database.rows(`insert into parked_keys values ('ledger', 1, 0, 'default', 'shop', 'ann', 'parked', null)`);
  await database.rows(
    `insert into event_recoveries (processor, version, lane, position, tenant, system_name, object_id, replays, fixed_body, fixed_at, fixed_by)
     values ('ledger', 1, 0, 1, 'default', 'shop', 'ann', 2, 'secret', now(), 'ann')`,
  );
  const done = await eraseRecords(database.pool as unknown as Client, open);
  expect(done).toMatchObject({ waitsFor: null, erased: { pending_events: 1, parked_events: 1, fixed_bodies: 1, timeline_entries: 0 } });
  const rows = (table: string, key: string) => database.rows(`select t::text as row from ${table} t where object_id = '${key}'`);
  for (const table of ['pending_events', 'parked_events', 'event_recoveries'])
    expect([(await rows(table, 'ann')).length, JSON.stringify(await rows(table, 'ann')).includes('secret')]).toEqual([1, false]);
  expect(JSON.stringify(await rows('pending_events', 'bob'))).toContain('secret');
  expect(await database.rows('select state, next_attempt_at is not null as due from parked_keys')).toEqual([
    { state: 'retrying', due: true },
  ]);
  expect(await database.rows('select attempts, reason_code, sequence::int as sequence from parked_events')).toEqual([
    { attempts: 0, reason_code: null, sequence: 1 },
  ]);
});

test("another tenant's job on an object of the same names is neither waited for nor touched", async () => {
  await using database = await createWorkerDatabase(1);
  await database.rows(
    `with job as (
       insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id, tenant)
       select 'fix', '{"system_name": "shop", "object_id": "ann"}', '[{"op": "remove", "path": "/metadata/note"}]', 20, 'ann', 'w', gen_random_uuid(), tenant
       from unnest(array['default', 'other']) as tenant
       returning job, tenant
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
     select job, 'fix', 'timelines', 1, 0, 1, 1, tenant, 'shop', 'ann', now() from job where tenant = 'other'`,
  );
  expect(await eraseRecords(database.pool as unknown as Client, open)).toMatchObject({ waitsFor: null, erased: { recovery_fixes: 1 } });
  expect(await database.rows('select tenant, fix @> $1 as erased from recovery_jobs order by tenant', ['[{"erased": true}]'])).toEqual([
    { tenant: 'default', erased: true },
    { tenant: 'other', erased: false },
  ]);
});

test('what was asked of a retired version is waited for as long as somebody has its lane, and no longer', async () => {
  await using database = await createWorkerDatabase(1);
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'retired', 1)`,
  );
  await database.rows(
    `insert into leases (processor, version, lane, owner, expires_at) values ('ledger', 1, 0, 'w', clock_timestamp() + interval '1 hour')`,
  );
  await database.rows(
    `with job as (
       insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id)
       values ('fix', '{"all": true}', '[{"op": "remove", "path": "/metadata/note"}]', 20, 'ann', 'w', gen_random_uuid()) returning job
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at, done_at)
     select job, 'fix', 'ledger', 1, 0, position, position, 'default', 'shop', object_id, now(), done_at
     from job, (values (1, 'ann', null), (2, 'bob', null), (3, 'ann', now())) as c (position, object_id, done_at)`,
  );
  const erased = () => eraseRecords(database.pool as unknown as Client, open);
  expect(await erased()).toMatchObject({ waitsFor: '1 recovery commands on the object that are not done' });
  await database.rows(`update recovery_commands set done_at = now() where position = 1`);
  expect(await erased()).toMatchObject({ waitsFor: 'recovery job 1, whose fix is still carried out' });
  await database.rows(`update leases set expires_at = clock_timestamp()`);
  await database.rows(`update recovery_commands set done_at = null where position = 1`);
  expect(await erased()).toMatchObject({ waitsFor: null, erased: { recovery_fixes: 1 } });
});

test('a day that retention drops before its pages are cleaned up does not hold up the rest', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.rows('create table log_20200101 (like log)');
  const [now] = await database.rows<{ at: string }>('select clock_timestamp()::text as at');
  const place = { partitions: ['log_20200101', 'log_20200102'], searched_at: now!.at };
  expect(
    await eventually(
      () => vacuumErased(session, { ...open, place }),
      (isClean) => isClean,
    ),
  ).toBe(true);
  await eventually(
    () => database.rows<{ n: number }>(`select vacuum_count::int as n from pg_stat_user_tables where relname = 'log_20200101'`),
    ([vacuumed]) => vacuumed!.n > 0,
  );
});

test('a VACUUM that is under way keeps nobody from cleaning up; an older snapshot does', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await using _vacuums = await startVacuum(database.url);
  await using older = createSession({ databaseUrl: database.url, name: 'older', leaseMs: 10_000 });
  await (await older.client()).query('begin isolation level repeatable read; select 1');
  const [now] = await database.rows<{ at: string }>('select clock_timestamp()::text as at');
  const place = { partitions: [], searched_at: now!.at };
  expect(await vacuumErased(session, { ...open, place })).toBe(false);
  await (await older.client()).query('rollback');
  expect(await vacuumErased(session, { ...open, place })).toBe(true);
});
