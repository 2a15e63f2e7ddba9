import { expect, test } from 'vitest';
import { createWorkerDatabase, type WorkerDatabase } from '../../../workers/testing.ts';
import { createSession, type Session } from '../session.ts';
import { type ComparedKey, readRange } from './compare-range.ts';
import { stepComparison } from './comparison-step.ts';

const sleep = () => Promise.resolve();

/** Two versions of the timelines with the same three keys, of six entries each. */
const start = async () => {
  const database = await createWorkerDatabase(1);
  const session = createSession({ databaseUrl: database.url, name: 'test', leaseMs: 10_000 });
  await database.rows(
    `insert into processors (processor, version, ordered, state, stream_version) values ('timelines', 2, true, 'building', 1)`,
  );
  await database.rows(`insert into checkpoints (processor, version, lane, position) values ('timelines', 2, 0, 18)`);
  await database.rows(`update checkpoints set position = 18 where processor = 'timelines'`);
  await database.rows(
    `insert into timelines (version, tenant, system_name, object_id, lane, entries)
     select v, 'default', 'shop', key, 0, 6 from generate_series(1, 2) as v, unnest(array['a', 'b', 'c']) as key`,
  );
  await database.rows(
    `insert into timeline_entries (version, tenant, system_name, object_id, entry, event_id, event_name, event_time, lane, position)
     select v, 'default', 'shop', key, n, n, 'paid', '2020-01-01T00:00:00Z', 0, n
     from generate_series(1, 2) as v, unnest(array['a', 'b', 'c']) as key, generate_series(1, 6) as n`,
  );
  await database.rows(
    `insert into rebuild_comparisons (processor, version, against, requested_by, why) values ('timelines', 2, 1, 'ann', 'w')`,
  );
  return {
    database,
    session,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
};

const steps = async (session: Session, count: number): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (let step = 0; step < count; step += 1)
    await stepComparison(session, sleep).catch((error: unknown) => void failures.push((error as Error).message));
  return failures;
};

const comparisons = (database: WorkerDatabase) =>
  database.rows('select outcome, problem, failures, keys::int as keys, done_at is not null as is_done from rebuild_comparisons');

test('a range ends where its keys have too many entries; a key with more is one of its own', async () => {
  await using here = await start();
  const client = await here.session.client();
  const pair = { processor: 'timelines', version: 2, against: 1 };
  const ranges = async (entries: number) => {
    const found: number[] = [];
    for (let after: ComparedKey | null = null; ;) {
      const range = await readRange(client, pair, after, { keys: 500, entries });
      if (range.lastKey === null) return found;
      found.push(range.keys);
      after = range.lastKey;
    }
  };
  expect(await ranges(1)).toEqual([1, 1, 1]);
  expect(await ranges(13)).toEqual([2, 1]);
  expect(await ranges(100)).toEqual([3]);
});

test('a comparison is done in its steps', async () => {
  await using here = await start();
  expect(await steps(here.session, 3)).toEqual([]);
  expect(await comparisons(here.database)).toEqual([{ outcome: 'equal', problem: null, failures: 0, keys: 3, is_done: true }]);
});

/** The next range can't be kept, with this SQLSTATE. */
const breakRanges = async (database: WorkerDatabase, code: string) => {
  const body = `begin raise 'it can not be kept' using errcode = '${code}'; end`;
  await database.rows(`create or replace function keep() returns trigger language plpgsql as $$ ${body} $$`);
  await database.rows('create or replace trigger keep before insert on rebuild_ranges for each row execute function keep()');
};

test.each(['P0001', '57014'])('one whose step fails by %s again and again ends, and says why', async (code) => {
  await using here = await start();
  await breakRanges(here.database, code);
  expect(await steps(here.session, 2)).toHaveLength(2);
  expect(await comparisons(here.database)).toEqual([
    { outcome: null, problem: 'it can not be kept', failures: 2, keys: 0, is_done: false },
  ]);
  expect(await steps(here.session, 2)).toHaveLength(1);
  expect(await comparisons(here.database)).toEqual([
    { outcome: 'failed', problem: 'it can not be kept', failures: 3, keys: 0, is_done: true },
  ]);
});

test("what is the moment's fault is tried again", async () => {
  await using here = await start();
  await breakRanges(here.database, '53100');
  expect(await steps(here.session, 4)).toHaveLength(4);
  await here.database.rows('drop trigger keep on rebuild_ranges');
  expect(await steps(here.session, 3)).toEqual([]);
  expect(await comparisons(here.database)).toMatchObject([{ outcome: 'equal', failures: 0 }]);
});
