import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../../workers/testing.ts';
import { createSession } from '../session.ts';
import { createSessionPool } from '../session-pool.ts';
import { createErasureStore } from './erasure-store.ts';

const lane = { processor: 'ledger', version: 1, lane: 0 };
const [first, second] = ['own_ledger_v1__a', 'own_ledger_v1__b'];

/** A lane of a processor with two tables, five rows of ann in each; the database refuses the condition of the second until its rows are mended. */
const addTables = async (database: WorkerDatabase) => {
  for (const table of [first, second]) {
    await database.rows(`create table ${table} (object text, divisor integer)`);
    await database.rows(`insert into ${table} select 'ann', 0 from generate_series(1, 5)`);
  }
  const rows = { [first]: 'object = $3', [second]: 'object = $3 and 1 / divisor = 1' };
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'active', 1)`,
  );
  await database.rows(`insert into checkpoints (processor, version, lane, position) values ('ledger', 1, 0, 0)`);
  await database.rows(
    `insert into own_processors (processor, version, tables_sha256, starts, erase) values ('ledger', 1, '', 'beginning', $1)`,
    [JSON.stringify({ rows, left: [] })],
  );
  await database.rows(
    `with e as (
       insert into erasures (tenant, system_name, object_id, is_dry_run, requested_by, why, request_id, cut)
       values ('default', 'shop', 'ann', false, 'ann', 'w', gen_random_uuid(), '{"0": 0}') returning erasure
     )
     insert into erasure_commands (erasure, processor, version, lane, upto, tenant, system_name, object_id)
     select erasure, 'ledger', 1, 0, 0, 'default', 'shop', 'ann' from e`,
  );
};

test('what one table lost counts, also where the condition of the next is refused in the same part', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await addTables(database);
  const store = createErasureStore(createSessionPool([session]));
  const [command] = await store.due([lane], 1);
  const parts = async () => {
    for (let part = 0; part < 10; part += 1)
      if ((await store.erasePart({ ...lane, epoch: 0 }, command!)).isDone)
        return (await database.rows('select result, problem, done_at is not null as done from erasure_commands'))[0];
    throw new Error('it does not end');
  };
  const problem = expect.stringContaining(`the condition of table ${second}, which the database refuses`);
  expect(await parts()).toEqual({ result: { [first]: 5 }, problem, done: false });
  // Another try in which nothing goes takes nothing back.
  expect(await parts()).toEqual({ result: { [first]: 5 }, problem, done: false });
  await database.rows(`update ${second} set divisor = 1`);
  expect(await parts()).toMatchObject({ result: { [first]: 5, [second]: 5 }, problem: null, done: true });
});

test('a table whose condition is refused first takes nothing back of what was counted before', async () => {
  await using database = await createWorkerDatabase(1);
  await using session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await addTables(database);
  const store = createErasureStore(createSessionPool([session]));
  const [command] = await store.due([lane], 1);
  await database.rows(`update erasure_commands set result = '{"${second}": 3}'`);
  await database.rows(`update own_processors set erase = jsonb_set(erase, '{rows,${first}}', '"object = $3 and 1 / divisor = 1"')`);
  await store.erasePart({ ...lane, epoch: 0 }, command!);
  expect(await database.rows('select result, done_at from erasure_commands')).toEqual([{ result: { [second]: 3 }, done_at: null }]);
});
