// Replays of the log with real workers: nothing twice, nothing left out, the end kept to the event, also across a kill.
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  names,
  plain,
  startWorkerProcess,
  type WorkerDatabase,
} from '../workers/testing.ts';

const program = fileURLToPath(new URL('./ops.ts', import.meta.url));

const opsOn =
  (database: WorkerDatabase) =>
  (...words: readonly string[]) =>
    execa(process.execPath, [program, ...words], { reject: false, timeout: 40_000, env: { DATABASE_URL: database.url } });
const replay = ['replay-stream', '--processor', 'timelines', '--version', '1', '--why', 'w'] as const;
const positions = async (database: WorkerDatabase) =>
  Object.fromEntries(
    (
      await database.rows<{ lane: number; position: number }>(
        `select lane, position::int from checkpoints where processor = 'timelines' order by lane`,
      )
    ).map((row) => [row.lane, row.position]),
  );

test('what would apply twice is refused; an emptied read model is built anew from the log, the same as before, also when workers are killed in between', async () => {
  await using database = await createWorkerDatabase(2);
  const ops = opsOn(database);
  const total = 400;
  await database.append([...plain(total - 5), ...names(1, 5).map((name, at) => ({ key: 'numbered', name, sequence: at + 1 }))]);
  const worker = await startWorkerProcess(database.url);
  await drained(database, total);
  const before = await database.rows('select object_id, entry, event_id, position from timeline_entries order by object_id, entry');

  const twice = await ops(...replay, '--from', 'beginning');
  expect(twice).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('would take effect twice') });
  const events = await ops('replay-stream', '--processor', 'events', '--version', '1', '--why', 'w', '--from', 'beginning', '--reset');
  expect(events).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("can't be emptied") });
  const heads = await positions(database);
  const atHeads = [0, 1].flatMap((lane) => ['--from-position', `${lane}:${heads[lane]}`]);
  expect((await ops(...replay, ...atHeads, '--reset')).stderr).toContain('sequence');
  expect((await ops('replay-stream', '--processor', 'timelines', '--version', '7', '--why', 'w', '--from', 'beginning')).stderr).toContain(
    'there are events/1, timelines/1',
  );
  const noLane = await ops(...replay, '--from', 'beginning', '--reset', '--to-position', '7:10');
  expect(noLane).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('timelines/1 has no lane 7: its lanes are 0, 1.') });
  expect((await ops(...replay)).stderr).toContain('Say where it begins, once');
  expect(await database.rows('select from stream_replays')).toHaveLength(0);
  expect(await database.rows('select object_id, entry, event_id, position from timeline_entries order by object_id, entry')).toEqual(
    before,
  );

  const asked = await ops(...replay, '--from', 'beginning', '--reset', '--follow', '--rate', '100');
  expect(asked, asked.stderr).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('running') });
  const begunAtMs = Date.now();
  await eventually(
    () => books(database),
    (seen) => seen['timelines']!.applied > 20 && seen['timelines']!.applied < total,
  );
  worker.signal('SIGKILL');
  await worker.exited;
  await using _next = await startWorkerProcess(database.url);
  await drained(database, total, 30_000);
  // 100 a second: not before four seconds.
  expect(Date.now() - begunAtMs).toBeGreaterThan(2400);
  expect(await database.rows('select object_id, entry, event_id, position from timeline_entries order by object_id, entry')).toEqual(
    before,
  );
  await expectSound(database, total);
  // And on with live events.
  await database.append([{ key: 'plain-0', name: 'live' }]);
  await drained(database, total + 1);
  expect((await entries(database, 'plain-0')).at(-1)).toBe('live');
  await expectSound(database, total + 1);
  expect((await ops('stream-replays', 'list')).stdout).toMatch(/timelines\/1 +following +400 of 400/);
}, 180_000);

test('a bounded one ends at its end, to the event; cancelled it stands still; from its checkpoint it goes on', async () => {
  await using database = await createWorkerDatabase(2);
  const ops = opsOn(database);
  await database.append(plain(300));
  await using _worker = await startWorkerProcess(database.url);
  await drained(database, 300);
  const heads = await positions(database);
  const middle = [`0:${Math.floor(heads['0']! / 2)}`, `1:${Math.floor(heads['1']! / 2)}`] as const;
  const words = [...replay, '--from', 'beginning', '--reset', '--to-position', middle[0], '--to-position', middle[1], '--rate', '100000'];
  const bounded = await ops(...words, '--wait', '20');
  expect(bounded, bounded.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('done') });
  await database.append(plain(50).map((event) => ({ ...event, name: `late-${event.name}` })));
  await eventually(
    () => books(database),
    (seen) => seen['events']!.position === 350,
  );
  expect(await positions(database)).toEqual({ 0: Math.floor(heads['0']! / 2), 1: Math.floor(heads['1']! / 2) });

  const slow = await ops(...replay, '--from', 'checkpoint', '--follow', '--rate', '20');
  expect(slow, slow.stderr).toMatchObject({ exitCode: 2 });
  const number = /stream replay (\d+)/.exec(slow.stdout)![1]!;
  await eventually(
    () => books(database),
    (seen) => seen['timelines']!.position > Math.floor(heads['0']! / 2) + Math.floor(heads['1']! / 2),
  );
  expect(await ops('stream-replays', 'cancel', number, '--why', 'too slow', '--by', 'ann')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('cancelled'),
  });
  const stood = await positions(database);
  await database.append(plain(10).map((event) => ({ ...event, name: `later-${event.name}` })));
  await eventually(
    () => books(database),
    (seen) => seen['events']!.position === 360,
  );
  expect(await positions(database)).toEqual(stood);

  const fast = await ops(...replay, '--from', 'checkpoint', '--follow', '--rate', '100000', '--wait', '20');
  expect(fast, fast.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('following') });
  await drained(database, 360);
  await expectSound(database, 360);
  expect(await database.rows('select cancelled_by, cancelled_why from stream_replays where cancelled_at is not null')).toEqual([
    { cancelled_by: 'ann', cancelled_why: 'too slow' },
  ]);
});

test('from a time or a position on, what was before is left out, and stands in the books as skipped', async () => {
  await using database = await createWorkerDatabase(2);
  const ops = opsOn(database);
  await database.append(plain(40));
  await using _worker = await startWorkerProcess(database.url);
  await drained(database, 40);
  const [now] = await database.rows<{ at: string }>(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
  );
  await database.append(plain(20).map((event) => ({ ...event, name: `new-${event.name}` })));
  await drained(database, 60);
  const asked = await ops(...replay, '--from-time', now!.at, '--reset', '--follow', '--wait', '20');
  expect(asked, asked.stderr).toMatchObject({ exitCode: 0 });
  await drained(database, 60);
  expect((await books(database))['timelines']).toMatchObject({ applied: 20, skipped: 40, drop: 0 });
  expect(await database.rows(`select from timeline_entries where event_name not like 'new-%'`)).toHaveLength(0);
});
