import { expect, test } from 'vitest';
import {
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  names,
  patient,
  startWorkerProcess,
  type TestEvent,
} from '../workers/testing.ts';

/** 600 events that take 10 ms each: six seconds of one key; and behind them, in the same lane, what others sent. */
const backlog: TestEvent[] = Array.from({ length: 600 }, (_, index) => ({
  key: 'hot',
  name: `e${index + 1}`,
  metadata: { fault: 'slow' },
}));
const others: TestEvent[] = Array.from({ length: 200 }, (_, index) => ({ key: `other-${index % 20}`, name: `e${index}` }));

const run = async (turnMs: string) => {
  await using database = await createWorkerDatabase(1);
  await database.append(backlog);
  await database.append(others);
  await using _worker = await startWorkerProcess(database.url, { ...patient, FAULTLINE_KEY_TURN_MS: turnMs });
  const total = backlog.length + others.length;
  const [row] = await eventually(
    () =>
      database.rows<{ others: number; hot: number }>(
        `select count(*) filter (where object_id <> 'hot')::int as others, count(*) filter (where object_id = 'hot')::int as hot from timeline_entries`,
      ),
    ([seen]) => seen!.others === others.length,
    40_000,
  );
  await drained(database, total, 40_000);
  await eventually(
    () => database.rows<{ parked: number }>(`select count(*)::int as parked from parked_events`),
    ([seen]) => seen!.parked === 0,
    40_000,
  );
  await expectSound(database, total);
  expect(await entries(database, 'hot')).toEqual(names(1, backlog.length));
  expect(await database.rows('select from parked_keys')).toEqual([]);
  expect(await database.rows('select from recovery_totals where replayed > 0')).toEqual([]);
  return row!.hot;
};

test('a slow key with a backlog does not hold up the others of its lane, and keeps its order; nothing is lost from the books', async () => {
  // How far the slow key was when the last of the others was applied.
  expect(await run('50')).toBeLessThan(300);
}, 90_000);

test('without turns it does: what they are for', async () => {
  expect(await run('0')).toBe(backlog.length);
}, 90_000);
