import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { createDutiesStore } from './duties-store.ts';
import { createSession } from './session.ts';
import { createSessionPool } from './session-pool.ts';

/** Carries out the duties as worker `w1`. */
const duties = (database: WorkerDatabase) => {
  const session = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs: 60_000 });
  const store = createDutiesStore(createSessionPool([session]), {
    worker: 'w1',
    keepDays: 0,
    sleep: () => Promise.resolve(),
    comparisons: createSessionPool([session]),
    effects: session,
    indexes: session,
  });
  return { ...store, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
};

test("the rules of a fix leave with the last of their commands, which say whose values are in them; a dry run's too", async () => {
  await using database = await createWorkerDatabase(1);
  await using store = duties(database);
  const ask = (why: string, action: string, commandsDoneDaysAgo: readonly (number | null)[]) =>
    database.rows(
      `with job as (
         insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id, requested_at)
         values ($2, '{}', '[{"op": "replace", "path": "/metadata/note", "value": "secret"}]', 20, 'ann', $1, gen_random_uuid(), now() - interval '40 days')
         returning job
       )
       insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at, done_at)
       select job, $2, 'timelines', 1, 0, 1, 1, 'default', 'shop', 'ann', now(), now() - days * interval '1 day' from job, unnest($3::float8[]) as days`,
      [why, action, commandsDoneDaysAgo],
    );
  await ask('long done', 'fix', [35, 31]);
  await ask('long tried', 'rehearse', [31]);
  await ask('done of late', 'fix', [31, 29]);
  await ask('open', 'fix', [null]);
  // Whose commands an older release has forgotten.
  await ask('without', 'fix', []);
  await store.tidy();
  expect(
    await database.rows(
      `select why, fix is not null as kept, (select count(*)::int from recovery_commands c where c.job = j.job) as commands
       from recovery_jobs j order by job`,
    ),
  ).toEqual([
    { why: 'long done', kept: false, commands: 0 },
    { why: 'long tried', kept: false, commands: 0 },
    { why: 'done of late', kept: true, commands: 1 },
    { why: 'open', kept: true, commands: 1 },
    { why: 'without', kept: false, commands: 0 },
  ]);
});

test('commands on lanes of a retired version, which nobody is given any more, are closed once nobody has them', async () => {
  await using database = await createWorkerDatabase(1);
  await using store = duties(database);
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'retired', 1), ('ledger', 2, true, 'active', 1)`,
  );
  await database.rows(
    `insert into leases (processor, version, lane, owner, expires_at) values ('ledger', 1, 0, 'w2', clock_timestamp() + interval '1 hour')`,
  );
  await database.rows(
    `with job as (
       insert into recovery_jobs (action, selection, rate_per_second, requested_by, why, request_id)
       values ('discard', '{"all": true}', 20, 'ann', 'a test', gen_random_uuid()) returning job
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
     select job, 'discard', 'ledger', version, 0, 1, 1, 'default', 'shop', 'ann', now() from job, generate_series(1, 2) as version`,
  );
  expect(await store.closeIdleRecoveries()).toBe(0);
  await database.rows(`update leases set expires_at = clock_timestamp() where processor = 'ledger'`);
  expect(await store.closeIdleRecoveries()).toBe(1);
  expect(await database.rows('select version, outcome from recovery_commands order by version')).toEqual([
    { version: 1, outcome: 'gone' },
    { version: 2, outcome: null },
  ]);
  expect(await database.rows('select version, outcome, requested_by, done_by from recovery_audit')).toEqual([
    { version: 1, outcome: 'gone', requested_by: 'ann', done_by: 'w1' },
  ]);
});

test("the snapshots of a comparison and of an index that is made are none that somebody should end; another's is", async () => {
  await using database = await createWorkerDatabase(1);
  const session = (part: string) => createSession({ databaseUrl: database.url, name: `faultline-worker-w1-${part}`, leaseMs: 60_000 });
  await using turns = createSessionPool([session('books'), session('chores')]);
  await using compare = session('compare');
  await using effects = session('effects');
  await using indexes = session('index');
  const store = createDutiesStore(turns, {
    worker: 'w1',
    keepDays: 0,
    sleep: () => Promise.resolve(),
    comparisons: createSessionPool([compare]),
    effects,
    indexes,
  });
  const [lease] = await database.rows<{ epoch: number }>(
    `update leases set owner = 'w1', expires_at = clock_timestamp() + interval '1 hour' where processor = '_duties' returning epoch::integer`,
  );
  await database.rows(
    `insert into rebuild_comparisons (processor, version, against, requested_by, why) values ('timelines', 2, 1, 'ann', 'w')`,
  );
  await database.pool.query(
    `alter table minute_counts rename to kept;
     create view minute_counts as
       select 1 as version, 0 as lane, '' as tenant, '' as system_name, '' as event_name, now() as minute, (select 1::bigint from pg_sleep(60)) as count`,
  );
  const comparison = store.compareVersions().catch(() => 'cut off');
  const comparing = `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  await expect.poll(() => database.rows(comparing)).toHaveLength(1);
  const age = async () => (await store.readBooks(lease!.epoch))!.oldestSnapshotSeconds;
  expect(await age()).toBe(0);
  await (await indexes.client()).query('begin isolation level repeatable read; select 1');
  expect(await age()).toBe(0);
  await using other = session('threads-0');
  await (await other.client()).query('begin isolation level repeatable read; select 1');
  expect(await age()).toBeGreaterThan(0);
  await compare[Symbol.asyncDispose]();
  expect(await comparison).toBe('cut off');
});
