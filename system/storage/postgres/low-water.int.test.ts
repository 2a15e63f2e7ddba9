// Whoever begins where the log does must not begin on a mark that retention is just raising: what it drops would be missing from the books for good.
import { expect, test } from 'vitest';
import type { Client } from 'pg';
import { createWorkerDatabase, eventually, type WorkerDatabase } from '../../workers/testing.ts';
import { createConsumerDesk } from './consumer-desk.ts';
import { registerAll } from './register-processors.ts';
import { createReplayDesk } from './replay-desk.ts';

const own = {
  name: 'ledger',
  version: 1,
  file: 'ledger.ts',
  takesNumbers: true,
  statements: { first: [], following: [] },
  tablesSha256: 'x',
};

const replay = {
  processor: 'timelines',
  version: 1,
  start: { kind: 'beginning' },
  end: null,
  follows: true,
  resets: true,
  ratePerSecond: 1000,
  requestedBy: 'ann',
  why: 'w',
  requestId: '00000000-0000-4000-8000-000000000001',
} as const;

const withClient = async <Result>({ pool }: WorkerDatabase, use: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = await pool.connect();
  try {
    return await use(client as unknown as Client);
  } finally {
    client.release();
  }
};

const cases: readonly (readonly [string, (database: WorkerDatabase) => Promise<unknown>, string])[] = [
  [
    "a team's own processor",
    (database) => withClient(database, (client) => registerAll(client, [own], { apply: true, previousVersion: 'none' })),
    `select position::int as position from checkpoints where processor = 'ledger'`,
  ],
  [
    'a consumer over HTTP',
    ({ pool }) => createConsumerDesk(pool).create({ tenant: 'default', consumer: 'c' }, 'earliest', null),
    'select position::int as position from consumer_lanes',
  ],
  [
    'a replay of the log',
    (database) => withClient(database, (client) => createReplayDesk(client).open(replay)),
    `select position::int as position from checkpoints where processor = 'timelines'`,
  ],
];

test.each(cases)('%s waits for retention that is raising the marks, and begins at the new one', async (_who, begin, where) => {
  await using database = await createWorkerDatabase(1);
  await database.append([{ key: 'a' }, { key: 'b' }, { key: 'c' }, { key: 'd' }]);
  const retention = await database.pool.connect();
  await retention.query('begin; select pg_advisory_xact_lock(1717660005, 4)');
  const begun = begin(database);
  await eventually(
    () => database.rows(`select from pg_locks where locktype = 'advisory' and not granted and objid = 4`),
    (waiting) => waiting.length === 1,
  );
  // The partition itself goes after the commit: its rows are still there.
  await retention.query('update lanes set low_water = 3; commit');
  retention.release();
  await begun;
  expect(await database.rows(where)).toEqual([{ position: 3 }]);
});

test('a read model that is emptied where retention has dropped days waits for no number that is gone', async () => {
  await using database = await createWorkerDatabase(1);
  await database.append([1, 2, 3, 4].map((sequence) => ({ key: 'k', sequence })));
  await database.rows(`
    insert into key_order values ('timelines', 1, 'default', 'shop', 'k', 0, true, 5), ('timelines', 1, 'default', 'shop', 'quiet', 0, true, 7),
      ('timelines', 1, 'default', 'shop', 'new', 0, true, 1), ('timelines', 1, 'default', 'shop', 'plain', 0, false, null)`);
  await database.rows('update lanes set low_water = 2');
  await database.rows('delete from log where position <= 2');
  await withClient(database, (client) => createReplayDesk(client).open(replay));
  expect(await database.rows(`select object_id as key, next_sequence::int as next from key_order order by 1`)).toEqual([
    { key: 'k', next: 3 },
    { key: 'quiet', next: 7 },
  ]);
});
