import { describe, expect, test } from 'vitest';
import { createWorkerDatabase, eventually, startWorkerProcess } from '../../workers/testing.ts';
import { booksOf, dead, entries, paid, passed, quickLedger, stopped, withLedger } from './testing.ts';

describe("a team's own processor", () => {
  test('writes once what it reads, counts the rest as ignored, and gives each event a token of its own', async () => {
    await using database = await createWorkerDatabase();
    await database.append([...paid(300), { name: 'other' }, { key: 'x', name: 'paid', metadata: { fault: 'ignore' } }]);
    await using _worker = await startWorkerProcess(database.url, withLedger);
    expect(await passed(database)).toMatchObject({ applied: 300, ignored: 2, parked: 0 });
    const rows = await entries(database);
    expect(rows).toHaveLength(300);
    expect(new Set(rows.map(({ token }) => token)).size).toBe(300);
    for (let key = 0; key < 10; key += 1) {
      const values = rows.filter(({ object_id }) => object_id === `plain-${key}`).map(({ value }) => value);
      expect(values).toEqual(values.toSorted((a, b) => a! - b!));
    }
  });

  test('loses its thread, not its lane, for whatever its code does, and what a failing event wrote is undone', async () => {
    const faults = {
      throw: 'handler_threw',
      hang: 'handler_timeout',
      'hang-sync': 'handler_timeout',
      'query-loop': 'handler_threw',
      'statement-and-loop': 'handler_timeout',
      swallow: 'data_refused',
      commit: 'handler_threw',
      two: 'handler_threw',
      'no-table': 'handler_threw',
      'no-currval': 'handler_threw',
    };
    await using database = await createWorkerDatabase();
    const poison = Object.keys(faults).map((fault) => ({ key: fault, name: 'poison', metadata: { fault } }));
    await database.append([
      ...paid(20),
      ...poison,
      ...paid(20),
      ...Object.keys(faults).map((key) => ({ key, name: 'paid' })),
      { key: 'late', name: 'paid', metadata: { fault: 'unawaited' } },
    ]);
    await using worker = await startWorkerProcess(database.url, withLedger);
    await passed(database);
    const letters = await eventually(
      () => dead(database),
      (seen) => seen.length === poison.length,
      30_000,
    );
    expect(Object.fromEntries(letters.map(({ object_id, reason_code }) => [object_id, reason_code]))).toEqual(faults);
    expect(letters.map(({ attempts }) => attempts)).toEqual(letters.map(() => 3));
    expect(await booksOf(database)).toMatchObject({ applied: 41, parked: 2 * poison.length });
    const rows = await entries(database);
    expect(rows).toHaveLength(42);
    expect(rows.filter(({ event_name }) => event_name === 'poison')).toEqual([]);
    expect(worker.child.exitCode).toBeNull();
    // The built-in ones are done with all of it.
    const [others] = await database.rows<{ behind: number }>(
      `select sum(head - position)::int as behind from checkpoints c join lanes l using (lane) where processor in ('events', 'timelines')`,
    );
    expect(others?.behind).toBe(0);
  }, 60_000);

  test('is killed in the middle of everything, and each event has its effect once', async () => {
    await using database = await createWorkerDatabase(4);
    for (let round = 0; round < 6; round += 1) {
      await database.append(paid(400));
      // Before the first of them there are no books.
      const applied = round === 0 ? 0 : (await booksOf(database)).applied;
      await using worker = await startWorkerProcess(database.url, quickLedger);
      await eventually(
        () => booksOf(database),
        (seen) => seen.applied > applied + 50,
        20_000,
      );
      worker.signal('SIGKILL');
      await worker.exited;
    }
    await using _worker = await startWorkerProcess(database.url, quickLedger);
    expect(await passed(database)).toMatchObject({ applied: 2400, parked: 0 });
    const rows = await entries(database);
    expect(rows).toHaveLength(2400);
    expect(new Set(rows.map(({ token }) => token)).size).toBe(2400);
  }, 120_000);

  test('that kills its process three times while alone is parked for it', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([...paid(5), { key: 'killer', name: 'poison', metadata: { fault: 'kill' } }, ...paid(5)]);
    const isParked = async () => (await dead(database)).length === 1;
    while (!(await isParked())) {
      await using worker = await startWorkerProcess(database.url, quickLedger);
      await Promise.race([worker.exited, eventually(isParked, Boolean, 20_000)]);
    }
    expect(await dead(database)).toMatchObject([{ object_id: 'killer', reason_code: 'handler_crashed_process' }]);
    await using _worker = await startWorkerProcess(database.url, quickLedger);
    expect(await passed(database)).toMatchObject({ applied: 10, parked: 1 });
  }, 90_000);

  test('applies what operators replay once its code is mended, after a rehearsal that leaves nothing behind', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 'a', name: 'paid', metadata: { fault: 'throw-unless' } },
      { key: 'a', name: 'paid', metadata: { value: 2 } },
    ]);
    {
      await using worker = await startWorkerProcess(database.url, withLedger);
      await eventually(
        () => dead(database),
        (seen) => seen.length === 1,
      );
      // The other one has come to wait behind it: else it is not in the rehearsal.
      await eventually(
        () => database.rows('select from parked_events'),
        (seen) => seen.length === 2,
      );
      await stopped(worker);
    }
    await using _worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_MENDED: 'yes' });
    const ask = async (action: string) => {
      await database.rows(
        `with job as (
           insert into recovery_jobs (action, selection, rate_per_second, requested_by, why, request_id)
           values ($1, '{}', 100, 'ann', 'mended', gen_random_uuid()) returning job
         )
         insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at)
         select job, $1, processor, version, lane, position, id, tenant, system_name, object_id, now() from dead_letters, job`,
        [action],
      );
      return eventually(
        () =>
          database.rows<{ outcome: string | null; result: unknown }>(
            'select outcome, result from recovery_commands order by command desc limit 1',
          ),
        ([last]) => last?.outcome !== null,
      );
    };
    // On a slow machine the first call of a handler takes all the time that one go has.
    const rehearsed = await eventually(
      () => ask('rehearse'),
      ([last]) => (last?.result as { more: boolean } | undefined)?.more === false,
    );
    expect(rehearsed).toMatchObject([{ outcome: 'rehearsed', result: { events: [{ would: 'be_applied' }, { would: 'be_applied' }] } }]);
    expect(await entries(database)).toEqual([]);
    expect(await ask('replay')).toMatchObject([{ outcome: 'replayed' }]);
    expect((await entries(database)).map(({ value }) => value)).toEqual([null, 2]);
    expect(await booksOf(database)).toMatchObject({ applied: 2, parked: 0 });
  });
});
