// Work on the park of a lane while a batch of its live flow is in the hands of user code: what the batch was decided from may have changed when it writes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  patient,
  restingLetters,
  startWorkerProcess,
  type TestEvent,
  type WorkerDatabase,
} from '../workers/testing.ts';
import { startDesk } from './ops/testing.ts';

/** A batch that holds these, and one that keeps user code until it is let go. Resolves when user code has it in hand. */
const holdBatch = async (database: WorkerDatabase, events: readonly TestEvent[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-turn-'));
  const file = join(folder, 'go');
  const letGo = () => writeFile(file, '');
  await database.append([...events, { key: 'held', metadata: { fault: 'hold', file } }]);
  await eventually(
    async () => existsSync(`${file}.held`),
    (isHeld) => isHeld,
  );
  return { letGo, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};

const slow = { ...patient, FAULTLINE_HANDLER_DEADLINE_MS: '60000' };

test('an event that was to wait behind a parked key is applied, where the key left the park meanwhile; the next one follows it', async () => {
  await using database = await createWorkerDatabase(1);
  await database.append([{ key: 'k', name: 'e1', metadata: { fault: 'throw' } }]);
  await using _worker = await startWorkerProcess(database.url, { ...slow, FAULTLINE_HANDLER_ATTEMPTS: '1' });
  await restingLetters(database, 1);
  await using held = await holdBatch(database, [{ key: 'k', name: 'e2' }]);
  await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
    values ('timelines', 1, 'default', 'shop', 'k', 'discard_head', 'test')`);
  await eventually(
    () => database.rows('select from park_commands where done_at is null'),
    (open) => open.length === 0,
  );
  await held.letGo();
  await database.append([{ key: 'k', name: 'e3' }]);
  await drained(database, 4);
  expect(await entries(database, 'k')).toEqual(['e2', 'e3']);
  expect(await database.rows(`select from parked_events where processor = 'timelines'`)).toEqual([]);
  expect(await database.rows('select from parked_keys')).toEqual([]);
  await expectSound(database, 4);
});

test('a predecessor that comes at last, when its number was given up while its batch was in hand, is not applied all the same', async () => {
  await using database = await createWorkerDatabase(1);
  await database.append([
    { key: 's', name: 'e1', sequence: 1 },
    { key: 's', name: 'e3', sequence: 3 },
  ]);
  const skip = { FAULTLINE_PENDING_POLICY: 'skip', FAULTLINE_PENDING_LIMIT_SECONDS: '4' };
  await using _worker = await startWorkerProcess(database.url, { ...slow, ...skip });
  await drained(database, 2);
  await using held = await holdBatch(database, [{ key: 's', name: 'e2', sequence: 2 }]);
  await eventually(
    () => database.rows('select from skipped_gaps'),
    (gaps) => gaps.length === 1,
  );
  await held.letGo();
  await drained(database, 4);
  expect(
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length > 1,
    ),
  ).toEqual(['e1', 'e3']);
  // Its number was given up.
  expect((await books(database))['timelines']).toMatchObject({ skipped: 1, drop: 0 });
  await expectSound(database, 4);
});

test(
  'a batch that had read an object brings nothing of it back, though the erasure was done before it wrote',
  { timeout: 60_000 },
  async () => {
    await using database = await createWorkerDatabase(1);
    await using desk = await startDesk(database);
    await using _worker = await startWorkerProcess(database.url, slow);
    await using held = await holdBatch(database, [{ key: 'ann', name: 'e1', metadata: { note: 'secret' } }]);
    const { body } = await desk.post('/erasures', { system_name: 'shop', object_id: 'ann' });
    const { after } = await eventually(
      () => desk.get<{ done_at: string | null; after: Record<string, number> | null }>(`/erasures/${body['erasure'] as number}`),
      ({ done_at }) => done_at !== null,
      30_000,
    );
    expect(after).toMatchObject({ log: 0, timeline_entries: 0 });
    await held.letGo();
    await drained(database, 2);
    expect(await entries(database, 'ann')).toEqual([]);
    expect(await entries(database, 'held')).toHaveLength(1);
    expect(await database.rows(`select sum(count)::int as counted from minute_counts`)).toEqual([{ counted: 1 }]);
  },
);
