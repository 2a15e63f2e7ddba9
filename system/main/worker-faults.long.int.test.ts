import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  letters,
  names,
  plain,
  restingLetters,
  startWorkerProcess,
  type WorkerDatabase,
  type WorkerEnvironment,
} from '../workers/testing.ts';

describe('user code that misbehaves', () => {
  test('parks its own key after its attempts, whatever it did, and other keys go on', async () => {
    const faults = {
      throw: 'handler_threw',
      hang: 'handler_timeout',
      'hang-sync': 'handler_timeout',
      exit: 'handler_crashed',
      uncaught: 'handler_crashed',
      nul: 'data_refused',
      nonsense: 'handler_threw',
    };
    await using database = await createWorkerDatabase();
    const poison = Object.keys(faults).map((fault) => ({ key: fault, name: 'poison', metadata: { fault } }));
    await database.append([...plain(20), ...poison, ...plain(20), ...Object.keys(faults).map((key) => ({ key, name: 'behind' }))]);
    await using worker = await startWorkerProcess(database.url, { FAULTLINE_HANDLER_DEADLINE_MS: '400' });
    const total = 40 + 2 * poison.length;
    await drained(database, total);
    const seen = await restingLetters(database, poison.length);
    expect(Object.fromEntries(seen.map(({ object_id, reason_code }) => [object_id, reason_code]))).toEqual(faults);
    expect(seen.every(({ attempts, event_name }) => attempts === 3 && event_name === 'poison')).toBe(true);
    expect((await books(database))['timelines']).toMatchObject({ applied: 40, parked: 2 * poison.length });
    expect(await entries(database, 'hang')).toEqual([]);
    await expectSound(database, total);
    expect(worker.child.exitCode).toBeNull();
  }, 90_000);

  test('is tried again until it works, and what waits behind it follows in order', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 'a', name: 'e1' },
      { key: 'a', name: 'e2', metadata: { fault: 'throw-first' } },
      ...names(3, 9).map((name) => ({ key: 'a', name })),
      { key: 'a', name: 'e10', metadata: { fault: 'throw-first' } },
      { key: 'a', name: 'e11' },
    ]);
    await using _worker = await startWorkerProcess(database.url, { FAULTLINE_HANDLER_ATTEMPTS: '9' });
    await eventually(
      () => entries(database, 'a'),
      (seen) => seen.length === 11,
    );
    expect(await entries(database, 'a')).toEqual(names(1, 11));
    expect(await database.rows('select from parked_keys')).toHaveLength(0);
    await expectSound(database, 11);
  });

  test('that takes all memory loses its thread, not its process', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'greedy', metadata: { fault: 'memory' } }, ...plain(5)]);
    await using worker = await startWorkerProcess(database.url, {
      FAULTLINE_HANDLER_DEADLINE_MS: '20000',
      FAULTLINE_HANDLER_ATTEMPTS: '1',
    });
    await drained(database, 6);
    expect(await restingLetters(database, 1)).toMatchObject([{ object_id: 'greedy', reason_code: 'handler_crashed', attempts: 1 }]);
    expect(worker.child.exitCode).toBeNull();
  });

  test('ignores what its handler answers null for, and counts it', async () => {
    await using database = await createWorkerDatabase();
    await database.append([{ name: 'e1' }, { name: 'e2', metadata: { fault: 'ignore' } }, { name: 'e3' }]);
    await using _worker = await startWorkerProcess(database.url);
    await drained(database, 3);
    expect((await books(database))['timelines']).toMatchObject({ applied: 2, ignored: 1 });
    expect(await entries(database, 'k')).toEqual(['e1', 'e3']);
  });

  test('that kills its process three times while alone is parked for it', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([...plain(5), { key: 'killer', name: 'killer', metadata: { fault: 'kill' } }, ...plain(5)]);
    let deaths = 0;
    const isParked = async () => (await letters(database)).length === 1;
    while (!(await isParked())) {
      await using worker = await startWorkerProcess(database.url);
      const died = await Promise.race([worker.exited.then(() => true), eventually(isParked, Boolean, 20_000).then(() => false)]);
      if (died) deaths += 1;
      else await drained(database, 11);
    }
    expect(await letters(database)).toMatchObject([{ object_id: 'killer', reason_code: 'handler_crashed_process' }]);
    expect(deaths).toBe(5);
    await expectSound(database, 11);
  }, 90_000);

  /** Of the first worker: what is broken is mended before it tries again, however slowly the rest of its work is done. */
  const firstRetryMs = '5000';

  test('that kills its process from behind a parked event is parked for it, and not the one before', async () => {
    await using database = await createWorkerDatabase(1);
    const folder = await mkdtemp(join(tmpdir(), 'faultline-behind-'));
    await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    const file = join(folder, 'broken');
    await writeFile(file, '');
    await database.append([
      { key: 'a', name: 'e1', metadata: { fault: 'throw-while', file } },
      { key: 'a', name: 'e2', metadata: { fault: 'kill' } },
      { key: 'a', name: 'e3' },
    ]);
    const isParked = async () => (await letters(database)).length === 1;
    let isFirst = true;
    while (!(await isParked())) {
      await using worker = await startWorkerProcess(database.url, { FAULTLINE_HANDLER_RETRY_MS: isFirst ? firstRetryMs : '500' });
      await drained(database, 3);
      await rm(file, { force: true });
      isFirst = false;
      await Promise.race([worker.exited, eventually(isParked, Boolean, 20_000)]);
    }
    expect(await letters(database)).toMatchObject([{ event_name: 'e2', reason_code: 'handler_crashed_process' }]);
    expect(await entries(database, 'a')).toEqual(['e1']);
    expect((await books(database))['timelines']).toMatchObject({ position: 3, applied: 1, parked: 2, drop: 0 });
  }, 90_000);

  /** Workers one after the other, as long as they die; resolves when the killer is parked for it. */
  const untilParked = async (database: WorkerDatabase, environment: () => WorkerEnvironment = () => ({}), started = async () => {}) => {
    const isParked = async () => (await letters(database)).some(({ reason_code }) => reason_code === 'handler_crashed_process');
    while (!(await isParked())) {
      await using worker = await startWorkerProcess(database.url, environment());
      await started();
      await Promise.race([worker.exited, eventually(isParked, Boolean, 20_000)]);
    }
  };

  test('that kills its process when its number is due at last is parked for it, though nothing new comes to its lane', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 'a', name: 'e2', sequence: 2, metadata: { fault: 'kill' } },
      { key: 'a', name: 'e1', sequence: 1, metadata: { fault: 'throw' } },
    ]);
    await untilParked(
      database,
      () => ({ FAULTLINE_HANDLER_ATTEMPTS: '1' }),
      async () => {
        await drained(database, 2);
        await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
        select 'timelines', 1, 'default', 'shop', 'a', 'discard_head', 'test' from dead_letters where event_name = 'e1'`);
      },
    );
    expect(await letters(database)).toMatchObject([{ event_name: 'e2', reason_code: 'handler_crashed_process' }]);
    expect((await books(database))['timelines']).toMatchObject({ position: 2, discarded: 1, parked: 1, pending: 0, drop: 0 });
  }, 90_000);

  test('that kills its process when the gap before it is given up is parked for it', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 'a', name: 'e1', sequence: 1 },
      { key: 'a', name: 'e3', sequence: 3, metadata: { fault: 'kill' } },
    ]);
    await untilParked(database, () => ({ FAULTLINE_PENDING_POLICY: 'skip', FAULTLINE_PENDING_LIMIT_SECONDS: '1' }));
    expect(await letters(database)).toMatchObject([{ event_name: 'e3', reason_code: 'handler_crashed_process' }]);
    expect(await database.rows('select from skipped_gaps')).toHaveLength(1);
  }, 90_000);

  test('that kills its process after a parked one whose number lets it go is parked for it, and not the one before', async () => {
    await using database = await createWorkerDatabase(1);
    const folder = await mkdtemp(join(tmpdir(), 'faultline-early-'));
    await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    const file = join(folder, 'broken');
    await writeFile(file, '');
    await database.append([
      { key: 'a', name: 'e2', sequence: 2, metadata: { fault: 'kill' } },
      { key: 'a', name: 'e1', sequence: 1, metadata: { fault: 'throw-while', file } },
    ]);
    let isFirst = true;
    const environment = () => {
      const retryMs = isFirst ? firstRetryMs : '500';
      isFirst = false;
      return { FAULTLINE_HANDLER_RETRY_MS: retryMs };
    };
    await untilParked(database, environment, async () => {
      await drained(database, 2);
      await rm(file, { force: true });
    });
    expect(await letters(database)).toMatchObject([{ event_name: 'e2', reason_code: 'handler_crashed_process' }]);
    expect(await entries(database, 'a')).toEqual(['e1']);
  }, 90_000);
});

describe('the park', () => {
  test('tries a dead letter again when asked to, and lets its key go', async () => {
    await using database = await createWorkerDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'faultline-park-'));
    await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    const file = join(folder, 'broken');
    await writeFile(file, '');
    await database.append([
      { key: 'a', name: 'e1', metadata: { fault: 'throw-while', file } },
      { key: 'a', name: 'e2' },
    ]);
    await using _worker = await startWorkerProcess(database.url);
    await restingLetters(database, 1);
    await rm(file);
    await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
      values ('timelines', 1, 'default', 'shop', 'a', 'retry', 'test')`);
    await eventually(
      () => entries(database, 'a'),
      (seen) => seen.length === 2,
    );
    expect(await entries(database, 'a')).toEqual(names(1, 2));
    await expectSound(database, 2);
  });

  test('stops the lane where it is full, loudly, and loses nothing', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'a', metadata: { fault: 'throw' } }, ...names(1, 6).map((name) => ({ key: 'a', name })), { key: 'b' }]);
    await using worker = await startWorkerProcess(database.url, { FAULTLINE_PARK_LIMIT_EVENTS: '4' });
    await eventually(
      () => worker.lines,
      (lines) => lines.some(({ event_name }) => event_name === 'faultline.lane.blocked'),
    );
    const { timelines } = await books(database);
    expect(timelines).toMatchObject({ position: 3, parked: 3, drop: 0 });
    // The other processor has nothing to do with it.
    await eventually(
      () => books(database),
      (seen) => seen['events']!.position === 8,
    );
  });

  test('takes an event that table events refuses, alone', async () => {
    await using database = await createWorkerDatabase(1);
    const bad = '{"system_name":"shop","object_id":"k","event_name":"bad","metadata":{"text":"\\u0000"}}';
    await database.append([...plain(10), { name: 'bad', body: bad }, { name: 'good' }, ...plain(10)]);
    await using _worker = await startWorkerProcess(database.url);
    await eventually(
      () => books(database),
      (seen) => seen['events']!.position === 22,
    );
    expect((await books(database))['events']).toMatchObject({ applied: 21, parked: 1, drop: 0 });
    const dead = await database.rows(`select event_name, reason_code from dead_letters where processor = 'events'`);
    expect(dead).toEqual([{ event_name: 'bad', reason_code: 'data_refused' }]);
    expect(await database.rows(`select from events where event_name = 'good'`)).toHaveLength(1);
    await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
      values ('events', 1, 'default', 'shop', 'k', 'discard_head', 'test')`);
    await eventually(
      () => books(database),
      (seen) => seen['events']!.discarded === 1 && seen['events']!.parked === 0,
    );
    expect(await database.rows(`select from parked_keys where processor = 'events'`)).toHaveLength(0);
  });
});
