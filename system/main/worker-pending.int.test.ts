// Early events that are over their bound, by each policy; and what the elected worker cleans up and alarms about.
import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  letters,
  patient,
  startWorkerProcess,
  type WorkerProcess,
} from '../workers/testing.ts';

const overdue = (policy: string) => ({ FAULTLINE_PENDING_POLICY: policy, FAULTLINE_PENDING_LIMIT_SECONDS: '1' });

const recordsOf = (worker: WorkerProcess, eventName: string) => worker.lines.filter(({ event_name }) => event_name === eventName);

const alarmed = (worker: WorkerProcess, policy: string) =>
  eventually(
    () => recordsOf(worker, 'faultline.lane.blocked').map(({ attributes }) => attributes['faultline.policy']),
    (policies) => policies.includes(policy),
  );

describe('an early event that is over its age', () => {
  test('stops its lane where the policy is stop, loudly; what needs no order goes on, and its next owner goes on once the predecessor is there', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'e3', sequence: 3 },
    ]);
    // Whoever loses its lease for a moment would take the lane anew, and read on.
    await using worker = await startWorkerProcess(database.url, { ...overdue('stop'), ...patient });
    await alarmed(worker, 'stop');
    await database.append([
      { key: 's', name: 'e2', sequence: 2 },
      { key: 'other', name: 'o1' },
    ]);
    await eventually(
      () => books(database),
      (seen) => seen['events']!.position === 4,
    );
    // The other processor has passed all four, and the lane that stopped has not moved.
    expect((await books(database))['timelines']).toMatchObject({ position: 2, applied: 1, pending: 1, drop: 0 });
    expect(await entries(database, 'other')).toEqual([]);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    // With a bound that is not reached: the next owner reads the predecessor, which came meanwhile.
    await using _next = await startWorkerProcess(database.url, { ...overdue('stop'), FAULTLINE_PENDING_LIMIT_SECONDS: '3600' });
    await drained(database, 4);
    expect([await entries(database, 's'), await entries(database, 'other')]).toEqual([['e1', 'e2', 'e3'], ['o1']]);
    await expectSound(database, 4);
  });

  test('waits on where the policy is wait, with an alarm; other keys go on, and order holds when its predecessor comes', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'e3', sequence: 3 },
    ]);
    await using worker = await startWorkerProcess(database.url, overdue('wait'));
    await alarmed(worker, 'wait');
    await database.append([{ key: 'other', name: 'o1' }]);
    await drained(database, 3);
    expect([await entries(database, 's'), await entries(database, 'other')]).toEqual([['e1'], ['o1']]);
    expect((await books(database))['timelines']).toMatchObject({ applied: 2, pending: 1, skipped: 0 });
    await database.append([{ key: 's', name: 'e2', sequence: 2 }]);
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 3,
    );
    expect(await entries(database, 's')).toEqual(['e1', 'e2', 'e3']);
    await drained(database, 4);
    await expectSound(database, 4);
  });

  test('that the database refuses once its gap is skipped is parked alone, and the gap is skipped all the same', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'e3', sequence: 3 },
      { key: 's', name: 'e4', sequence: 4, metadata: { fault: 'nul' } },
      { key: 's', name: 'e5', sequence: 5 },
    ]);
    await using _worker = await startWorkerProcess(database.url, { ...overdue('skip'), FAULTLINE_HANDLER_ATTEMPTS: '1' });
    const [letter] = await eventually(
      () => letters(database),
      (seen) => seen.length > 0,
    );
    expect(letter).toMatchObject({ event_name: 'e4', reason_code: 'data_refused' });
    expect(await entries(database, 's')).toEqual(['e1', 'e3']);
    await drained(database, 4);
    expect((await books(database))['timelines']).toMatchObject({ applied: 2, parked: 1, pending: 1, drop: 0 });
  });

  test('with the highest number that there is stops nothing: what comes after it is refused, and the lane goes on', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'last', sequence: Number.MAX_SAFE_INTEGER },
    ]);
    await using _worker = await startWorkerProcess(database.url, overdue('skip'));
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 2,
    );
    await database.append([
      { key: 's', name: 'again', sequence: Number.MAX_SAFE_INTEGER },
      { key: 'other', name: 'o1' },
    ]);
    await drained(database, 4);
    expect(await entries(database, 'other')).toEqual(['o1']);
    expect(await letters(database)).toMatchObject([{ event_name: 'again', reason_code: 'sequence_conflict' }]);
  });
});

describe('the elected worker', () => {
  test('forgets identities past the window, in more than one go, and none that is younger', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'young' }, { key: 'young' }]);
    await database.pool.query(`
      insert into identities (identity, id, body_hash, first_seen)
      select gen_random_uuid(), -n, '\\x00', clock_timestamp() - interval '25 hours' from generate_series(1, 2500) n`);
    await database.pool.query(`
      insert into identities (identity, id, body_hash, first_seen)
      select gen_random_uuid(), -n, '\\x00', clock_timestamp() - interval '23 hours' from generate_series(2501, 2510) n`);
    await using _worker = await startWorkerProcess(database.url, { FAULTLINE_DEDUPE_WINDOW_HOURS: '24' });
    const left = () =>
      database.rows<{ old: number; all: number }>(`
      select count(*) filter (where first_seen < clock_timestamp() - interval '24 hours')::int as old, count(*)::int as all from identities`);
    const [seen] = await eventually(left, ([row]) => row!.old === 0);
    expect(seen).toEqual({ old: 0, all: 12 });
  });

  test('alarms at error level where the dedupe window is over its bound of rows, and forgets none early for it', async () => {
    await using database = await createWorkerDatabase(1);
    await database.pool.query(`
      insert into identities (identity, id, body_hash) select gen_random_uuid(), -n, '\\x00' from generate_series(1, 1500) n`);
    await database.pool.query('analyze identities');
    await using worker = await startWorkerProcess(database.url, { FAULTLINE_DEDUPE_ROW_BOUND: '1000' });
    const [alarm] = await eventually(
      () => recordsOf(worker, 'faultline.identities.over_bound'),
      (seen) => seen.length > 0,
    );
    expect(alarm).toMatchObject({ severity_text: 'ERROR', attributes: { 'faultline.identities.bound': 1000 } });
    expect(Number(alarm!.attributes['faultline.identities.rows'])).toBeGreaterThan(1000);
    expect(await database.rows('select count(*)::int as rows from identities')).toEqual([{ rows: 1500 }]);
  });
});
