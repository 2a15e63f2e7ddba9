import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../../workers/testing.ts';
import { createSession, type Session } from '../session.ts';
import { stepErasure } from './erasure-step.ts';

test('an erasure that waits lets those behind it be done, and goes on in its turn', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([
    { key: 'ann', sequence: 1 },
    { key: 'bob', sequence: 1 },
    { key: 'cem', sequence: 1 },
  ]);
  // No lane is fed: nothing is waited for but the commands.
  await database.rows('delete from checkpoints');
  await database.rows(
    `with job as (
       insert into recovery_jobs (action, selection, fix, rate_per_second, requested_by, why, request_id)
       select 'fix', '{"all": true}', '[{"op": "remove", "path": "/metadata/note"}]', 20, 'ann', 'w', gen_random_uuid() from generate_series(1, 2)
       returning job
     )
     insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
     select job, 'fix', 'timelines', 1, 0, job, job, 'default', 'shop', case job when 1 then 'ann' else 'bob' end, now() from job`,
  );
  await database.rows(
    `insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, cut)
     select 'default', 'shop', key, false, 'ann', 'w', gen_random_uuid(), '{"0": 3}' from unnest(array['ann', 'bob', 'cem']) as key`,
  );
  const done: number[] = [];
  const steps = async (count: number) => {
    for (let step = 0; step < count; step += 1) {
      const { finished } = await stepErasure(session, 'w');
      if (finished !== null) done.push(finished.erasure);
    }
  };
  await steps(40);
  const waiting = await database.rows(
    'select erasure::int as erasure, phase, waits_for from erasures where done_at is null order by erasure',
  );
  const waits_for = '1 recovery commands on the object that are not done';
  expect({ done, waiting }).toEqual({
    done: [3],
    waiting: [
      { erasure: 1, phase: 'records', waits_for },
      { erasure: 2, phase: 'records', waits_for },
    ],
  });
  // Whichever of them can go on first does.
  await database.rows('update recovery_commands set done_at = now() where job = 2');
  await steps(20);
  expect(done).toEqual([3, 2]);
  await database.rows('update recovery_commands set done_at = now() where job = 1');
  await steps(20);
  expect(done).toEqual([3, 2, 1]);
});

const table = 'own_ledger_v1__entries';

/** A function that ends its statement as the server does when its time is over. */
const addTooLong = (database: WorkerDatabase) =>
  database.rows(`create function too_long() returns boolean language plpgsql as
    $$ begin raise 'canceling statement due to statement timeout' using errcode = '57014'; end $$`);

/** A team's own table with a row each of ann and bob, whose condition takes too long over those of ann. */
const addSlowTable = async (database: WorkerDatabase) => {
  await addTooLong(database);
  await database.rows(`create table ${table} (object text)`);
  await database.rows(`insert into ${table} values ('ann'), ('bob')`);
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'active', 1)`,
  );
  const slow = `object = $3 and (object <> 'ann' or too_long())`;
  const values = [JSON.stringify({ rows: { [table]: slow }, left: [] })];
  await database.rows(
    `insert into own_processors (processor, version, tables_sha256, starts, erase) values ('ledger', 1, '', 'beginning', $1)`,
    values,
  );
};

const ask = (database: WorkerDatabase, keys: readonly string[]) =>
  database.rows(
    `insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, cut)
     select 'default', 'shop', key, false, 'ann', 'w', gen_random_uuid(), '{"0": 2}' from unnest($1::text[]) as key`,
    [keys],
  );

test('a condition that takes too long says so, and holds up its own erasure alone', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([{ key: 'ann' }, { key: 'bob' }]);
  await database.rows('delete from checkpoints');
  await addSlowTable(database);
  await ask(database, ['ann', 'bob']);
  const done: number[] = [];
  for (let step = 0; step < 20 && done.length === 0; step += 1) {
    const { finished } = await stepErasure(session, 'w').catch(() => ({ finished: null }));
    if (finished !== null) done.push(finished.erasure);
  }
  const [waiting] = await database.rows('select erasure::int as erasure, phase, waits_for, waited_at from erasures where done_at is null');
  expect({ done, waiting }).toEqual({
    done: [2],
    waiting: {
      erasure: 1,
      phase: 'count',
      waits_for: expect.stringContaining(`the condition of table ${table}, which does not end in time`),
      waited_at: expect.any(Date),
    },
  });
});

/** What is said of the one erasure after another step; `seen` where it is not tried. */
const saidAfterStep = async (database: WorkerDatabase, session: Session): Promise<unknown> => {
  await database.rows(`update erasures set waits_for = 'seen'`);
  await stepErasure(session, 'w').catch(() => {});
  return (await database.rows('select waits_for from erasures'))[0]!['waits_for'];
};

test.each(['count', 'search', 'records'])('a condition that took too long in phase %s is tried again a minute later', async (phase) => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([{ key: 'ann' }]);
  await database.rows('delete from checkpoints');
  await addSlowTable(database);
  if (phase === 'records') await database.rows(`update processors set state = 'retired' where processor = 'ledger'`);
  await ask(database, ['ann']);
  await database.rows('update erasures set phase = $1', [phase]);
  // The walk over the log comes first.
  for (let step = 0; step < 3; step += 1) await stepErasure(session, 'w');
  const [waiting] = await database.rows(
    `select phase, waits_for, waited_at between clock_timestamp() + interval '50 seconds' and clock_timestamp() + interval '1 minute' as ahead from erasures`,
  );
  const tooLong = expect.stringContaining('which does not end in time');
  expect(waiting).toEqual({ phase, waits_for: tooLong, ahead: true });
  expect(await saidAfterStep(database, session)).toBe('seen');
  await database.rows('update erasures set waited_at = clock_timestamp()');
  expect(await saidAfterStep(database, session)).toEqual(tooLong);
});

test('a statement of our own that took too long is tried again a minute later', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([{ key: 'ann' }]);
  await addTooLong(database);
  await database.rows(`create function keep() returns trigger language plpgsql as $$ begin perform too_long(); return new; end $$`);
  await database.rows('create trigger keep before update of phase on erasures for each row execute function keep()');
  await ask(database, ['ann']);
  const failed = 'its last step failed, and is tried again';
  expect(await saidAfterStep(database, session)).toEqual(expect.stringContaining(failed));
  expect(await saidAfterStep(database, session)).toBe('seen');
  await database.rows('update erasures set waited_at = clock_timestamp()');
  expect(await saidAfterStep(database, session)).toEqual(expect.stringContaining(failed));
});

test('a step that fails for any other reason says so, and lets those behind it be done', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([{ key: 'ann' }, { key: 'bob' }]);
  await database.rows('delete from checkpoints');
  await database.rows(`create function keep() returns trigger language plpgsql as $$ begin raise 'kept by a trigger'; end $$`);
  await database.rows(`create trigger keep before update of phase on erasures for each row when (old.erasure = 1) execute function keep()`);
  await ask(database, ['ann', 'bob']);
  const done: number[] = [];
  const failures = new Set<string>();
  for (let step = 0; step < 20; step += 1)
    await stepErasure(session, 'w').then(
      ({ finished }) => void (finished !== null && done.push(finished.erasure)),
      (error: unknown) => void failures.add((error as Error).message),
    );
  const waiting = await database.rows('select erasure::int as erasure, waits_for from erasures where done_at is null');
  expect({ done, failures: [...failures], waiting }).toEqual({
    done: [2],
    failures: ['kept by a trigger'],
    waiting: [{ erasure: 1, waits_for: 'its last step failed, and is tried again: kept by a trigger' }],
  });
});

test('what one table of a retired version lost counts, also where the condition of the next is refused after it', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.append([{ key: 'ann' }]);
  await database.rows('delete from checkpoints');
  const [first, second] = ['own_ledger_v1__a', 'own_ledger_v1__b'];
  for (const name of [first, second]) {
    await database.rows(`create table ${name} (object text, divisor integer)`);
    await database.rows(`insert into ${name} select 'ann', 0 from generate_series(1, 5)`);
  }
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'retired', 1)`,
  );
  const rows = { [first]: 'object = $3', [second]: 'object = $3 and 1 / divisor = 1' };
  await database.rows(
    `insert into own_processors (processor, version, tables_sha256, starts, erase) values ('ledger', 1, '', 'beginning', $1)`,
    [JSON.stringify({ rows, left: [] })],
  );
  await ask(database, ['ann']);
  await database.rows(`update erasures set phase = 'records'`);
  await stepErasure(session, 'w');
  const problem = `the condition of table ${second}, which the database refuses`;
  expect(await database.rows('select phase, waits_for, erased from erasures')).toEqual([
    { phase: 'records', waits_for: expect.stringContaining(problem), erased: { [first]: 5 } },
  ]);
  await database.rows(`update ${second} set divisor = 1`);
  await stepErasure(session, 'w');
  const [after] = await database.rows('select phase, erased from erasures');
  expect(after).toMatchObject({ phase: 'search', erased: { [first]: 5, [second]: 5 } });
});
