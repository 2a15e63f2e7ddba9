import { describe, expect, test } from 'vitest';
import { createWorkerDatabase, eventually, startWorkerProcess, type TestEvent } from '../../workers/testing.ts';
import { booksOf, dead, entries, paid, passed, quickLedger, stopped, withLedger } from './testing.ts';

describe('what becomes of an event that fails', () => {
  const poisoned: TestEvent[] = [
    ...paid(10),
    { key: 'bad', name: 'poison', metadata: { fault: 'throw' } },
    { key: 'bad', name: 'paid', metadata: { value: 77 } },
    ...paid(10),
  ];

  test('skip: counted as skipped after its attempts, told, and its key goes on', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append(poisoned);
    await using worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_ACTION: 'skip' });
    const done = await eventually(
      () => booksOf(database),
      ({ position, applied }) => position === 22 && applied === 21,
    );
    expect(done).toMatchObject({ skipped: 1, parked: 0 });
    expect(await dead(database)).toEqual([]);
    expect((await entries(database)).filter(({ value }) => value === 77)).toHaveLength(1);
    const told = await eventually(
      () => worker.lines.filter(({ event_name }) => event_name === 'faultline.event.skipped'),
      ({ length }) => length > 0,
    );
    expect(told.map(({ attributes }) => attributes)).toMatchObject([
      { 'faultline.processor': 'ledger', 'faultline.reason': 'handler_threw' },
    ]);
  });

  test.each(['throw', 'hang-sync'])(
    'stop: the lane stands still before it, loudly, and goes on once the code is mended (%s)',
    async (fault) => {
      await using database = await createWorkerDatabase(1);
      await database.append(poisoned.map((event) => (event.name === 'poison' ? { ...event, metadata: { fault } } : event)));
      {
        await using worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_ACTION: 'stop' });
        const told = () => worker.lines.filter(({ event_name }) => event_name === 'faultline.lane.blocked');
        await eventually(told, (lines) => lines.length > 2);
        expect(told()[0]?.attributes).toMatchObject({ 'faultline.reason': 'handler_stopped', 'faultline.policy': 'stop' });
        expect(await booksOf(database)).toMatchObject({ position: 10, applied: 10, parked: 0, skipped: 0 });
        await stopped(worker);
      }
      // Mended: it reads no poison any more.
      await using _worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_ACTION: 'skip' });
      await eventually(
        () => booksOf(database),
        ({ applied }) => applied === 21,
      );
    },
  );

  const blockedOf = ({ lines }: Awaited<ReturnType<typeof startWorkerProcess>>) =>
    lines.filter(({ event_name }) => event_name === 'faultline.lane.blocked');
  /** A lane whose owners died without moving it: its events go one at a time, and attempts are counted. */
  const makeCareful = (database: Awaited<ReturnType<typeof createWorkerDatabase>>) =>
    database.rows(`update checkpoints set takeovers_without_progress = 2 where processor = 'ledger'`);
  const stopping = { ...withLedger, LEDGER_ACTION: 'stop' };

  test('stop: what threw again and again in a lane whose owners had died is no death, and goes on once the code is mended', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'bad', name: 'poison', metadata: { fault: 'throw-unless' } }]);
    {
      await using worker = await startWorkerProcess(database.url, stopping);
      await eventually(
        () => blockedOf(worker),
        (lines) => lines.length > 0,
      );
      await stopped(worker);
    }
    await makeCareful(database);
    {
      await using worker = await startWorkerProcess(database.url, stopping);
      await eventually(
        () => blockedOf(worker),
        (lines) => lines.length > 5,
        20_000,
      );
      const failed = worker.lines.filter(({ event_name }) => event_name === 'faultline.event.failed');
      expect(new Set(failed.map(({ attributes }) => attributes['faultline.reason']))).toEqual(new Set(['handler_threw']));
      await stopped(worker);
    }
    await using _worker = await startWorkerProcess(database.url, { ...stopping, LEDGER_MENDED: 'yes' });
    await eventually(
      () => booksOf(database),
      ({ applied }) => applied === 1,
    );
  }, 60_000);

  test('stop: what killed its process is not tried again by the one that found out, and is by the next', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'bad', name: 'poison', metadata: { fault: 'kill-unless' } }]);
    const brief = { ...stopping, FAULTLINE_LEASE_MS: '800' };
    {
      await using worker = await startWorkerProcess(database.url, brief);
      expect(await worker.exited).toBeNull();
    }
    await makeCareful(database);
    for (let deaths = 0; deaths < 3; deaths += 1) {
      await using worker = await startWorkerProcess(database.url, brief);
      expect(await worker.exited).toBeNull();
    }
    {
      await using worker = await startWorkerProcess(database.url, brief);
      await eventually(
        () => blockedOf(worker),
        (lines) => lines.length > 4,
        20_000,
      );
      await stopped(worker);
    }
    await using _worker = await startWorkerProcess(database.url, { ...brief, LEDGER_MENDED: 'yes' });
    await eventually(
      () => booksOf(database),
      ({ applied }) => applied === 1,
    );
  }, 60_000);

  test('an event that a full park held up was never handed out, and is no poison in a lane whose owners had died', async () => {
    await using database = await createWorkerDatabase(1);
    const bad = [1, 2, 3].map((n) => ({ key: `bad-${n}`, name: 'poison', metadata: { fault: 'throw' } }));
    await database.append([...bad, ...paid(1)]);
    const narrow = { ...withLedger, FAULTLINE_PARK_LIMIT_EVENTS: '4' };
    for (const atLeast of [1, 6]) {
      await using worker = await startWorkerProcess(database.url, narrow);
      await eventually(
        () => blockedOf(worker),
        (lines) => lines.length >= atLeast,
        20_000,
      );
      await stopped(worker);
      await makeCareful(database);
    }
    await using _worker = await startWorkerProcess(database.url, withLedger);
    expect(await passed(database)).toMatchObject({ applied: 1, parked: 3 });
  }, 60_000);

  test('what waited behind it goes on at once when it works, however much it is, and not at the pace of attempts', async () => {
    await using database = await createWorkerDatabase(1);
    const behind = Array.from({ length: 300 }, (_, value) => ({ key: 'k', name: 'paid', metadata: { value } }));
    await database.append([{ key: 'k', name: 'paid', metadata: { fault: 'throw-first' } }, ...behind]);
    await using _worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_RETRY_MS: '5000' });
    // One transaction takes sixty of them.
    await eventually(
      () => booksOf(database),
      ({ applied }) => applied === 301,
      20_000,
    );
    expect((await entries(database)).slice(1).map(({ value }) => value)).toEqual(behind.map(({ metadata }) => metadata.value));
  }, 40_000);

  test('what a deferred trigger refuses is a failure of its event, and does not stop the lane', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append(paid(1));
    {
      await using worker = await startWorkerProcess(database.url, withLedger);
      await passed(database);
      await stopped(worker);
    }
    await database.pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no thirteen here'; end $$;
      create constraint trigger refused after insert on own_ledger_v1__entries deferrable initially deferred
        for each row when (new.value = 13) execute function refuse()`);
    await database.append([{ key: 'bad', name: 'paid', metadata: { value: 13 } }, ...paid(3)]);
    await using _worker = await startWorkerProcess(database.url, withLedger);
    expect(await passed(database)).toMatchObject({ applied: 4, parked: 1 });
    const letters = await eventually(
      () => dead(database),
      (seen) => seen.length === 1,
    );
    expect(letters).toMatchObject([{ object_id: 'bad', reason_code: 'handler_threw', attempts: 3 }]);
  });

  test('an early one that kills its process is parked for it, though its lane stands at its head', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 'k', name: 'paid', sequence: 1 },
      { key: 'k', name: 'paid', sequence: 3, metadata: { fault: 'kill' } },
      { key: 'k', name: 'paid', sequence: 2 },
    ]);
    const isParked = async () => (await dead(database)).length === 1;
    while (!(await isParked())) {
      await using worker = await startWorkerProcess(database.url, quickLedger);
      await Promise.race([worker.exited, eventually(isParked, Boolean, 20_000)]);
    }
    expect(await dead(database)).toMatchObject([{ object_id: 'k', reason_code: 'handler_crashed_process' }]);
    expect(await booksOf(database)).toMatchObject({ position: 3, applied: 2, parked: 1 });
  }, 90_000);

  test('without order it holds up no other, neither of its key nor in the park', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([
      { key: 'bad', name: 'paid', sequence: 9, metadata: { value: 9 } },
      { key: 'bad', name: 'poison', metadata: { fault: 'throw' } },
      { key: 'bad', name: 'poison', metadata: { fault: 'hang' } },
      { key: 'bad', name: 'paid', metadata: { fault: 'throw-unless' } },
      { key: 'bad', name: 'paid', sequence: 1, metadata: { value: 1 } },
    ]);
    const environment = { ...withLedger, LEDGER_ORDER: 'none' };
    {
      await using worker = await startWorkerProcess(database.url, environment);
      const letters = await eventually(
        () => dead(database),
        (seen) => seen.length === 3,
        20_000,
      );
      expect(letters.map(({ attempts }) => attempts)).toEqual([3, 3, 3]);
      expect((await entries(database)).map(({ value }) => value)).toEqual([9, 1]);
      expect(await booksOf(database)).toMatchObject({ position: 5, applied: 2, parked: 3 });
      await stopped(worker);
    }
    await using _worker = await startWorkerProcess(database.url, { ...environment, LEDGER_MENDED: 'yes' });
    await database.rows(
      `with job as (
         insert into recovery_jobs (action, selection, rate_per_second, requested_by, why, request_id)
         values ('replay', '{}', 100, 'ann', 'mended', gen_random_uuid()) returning job
       )
       insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
       select job, 'replay', processor, version, lane, position, id, tenant, system_name, object_id, now() from dead_letters, job where position <> 2`,
    );
    const ends = await eventually(
      () =>
        database.rows<{ position: number; outcome: string | null }>(
          'select position::int as position, outcome from recovery_commands order by position',
        ),
      (seen) => seen.length === 2 && seen.every(({ outcome }) => outcome !== null),
    );
    expect(ends).toEqual([
      { position: 3, outcome: 'failed_again' },
      { position: 4, outcome: 'replayed' },
    ]);
    expect(await booksOf(database)).toMatchObject({ applied: 3, parked: 2 });
    expect(await dead(database)).toHaveLength(2);
  }, 60_000);
});

describe('a processor that is far behind', () => {
  test('sheds what is further behind than it may be, and counts it', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([...paid(400), { name: 'other' }, ...paid(50)]);
    await using _worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_PRESSURE: '{"strategy":"shed","above":100}' });
    expect(await passed(database)).toMatchObject({ applied: 99, ignored: 1, shed: 351 });
    expect(await entries(database)).toHaveLength(99);
  });

  test('samples it, and counts what it left out', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append(paid(400).map((event, index) => ({ ...event, sequence: 400 - index })));
    await using _worker = await startWorkerProcess(database.url, {
      ...withLedger,
      LEDGER_PRESSURE: '{"strategy":"sample","above":100,"keepOneIn":10}',
    });
    expect(await passed(database)).toMatchObject({ applied: 130, shed: 270 });
    expect(await entries(database)).toHaveLength(130);
  });
});
