import { describe, expect, test } from 'vitest';
import { createWorkerDatabase, eventually, patient, startWorkerProcess } from '../../workers/testing.ts';
import { booksOf, dead, entries, paid, passed, quickLedger, stopped, withLedger } from './testing.ts';

describe('a new version', () => {
  test('begins at the beginning, beside the version before', async () => {
    await using database = await createWorkerDatabase();
    await database.append(paid(50));
    {
      await using old = await startWorkerProcess(database.url, withLedger);
      await passed(database);
      await stopped(old);
    }
    await using _new = await startWorkerProcess(database.url, { ...withLedger, LEDGER_VERSION: '2' });
    expect(await passed(database, 2)).toMatchObject({ applied: 50 });
    expect(await entries(database, 1)).toHaveLength(50);
    const [first, second] = [await entries(database, 1), await entries(database, 2)];
    // Of another version, another token.
    expect(first.filter(({ token }) => second.some((other) => other.token === token))).toEqual([]);
  });

  test('that was retired while its worker was away is told of by the worker, and taken up again with its restart', async () => {
    await using database = await createWorkerDatabase();
    await database.append(paid(10));
    {
      await using worker = await startWorkerProcess(database.url, withLedger);
      await passed(database);
      await database.rows(`update processors set state = 'retired' where processor = 'ledger'`);
      const [told] = await eventually(
        () => worker.lines.filter(({ body }) => body === 'could not run what was retired'),
        (lines) => lines.length > 0,
      );
      expect(told!.attributes['exception.message']).toContain(`'ledger' version 1`);
      await stopped(worker);
    }
    await database.append(paid(10));
    await using _again = await startWorkerProcess(database.url, withLedger);
    expect(await passed(database)).toMatchObject({ applied: 20 });
  });

  test('begins now, and counts what it passes over as skipped', async () => {
    await using database = await createWorkerDatabase();
    await database.append(paid(50));
    await using _worker = await startWorkerProcess(database.url, { ...withLedger, LEDGER_START: 'now' });
    expect(await passed(database)).toMatchObject({ applied: 0, skipped: 50 });
    await database.append([{ key: 'n', name: 'paid', sequence: 7, metadata: { value: 7 } }]);
    await eventually(
      () => entries(database),
      (rows) => rows.length === 1,
    );
    // What goes on from there knows no more of the numbers before.
    await using _next = await startWorkerProcess(database.url, { ...withLedger, LEDGER_VERSION: '2', LEDGER_START: 'previous' });
    await database.append([
      { key: 'n', name: 'paid', sequence: 8, metadata: { value: 8 } },
      { key: 'other', name: 'paid', sequence: 3, metadata: { value: 3 } },
    ]);
    await passed(database, 2);
    expect((await entries(database, 2)).map(({ value }) => value).toSorted((a, b) => Number(a) - Number(b))).toEqual([3, 7, 8]);
  });

  test('goes on where the version before stands, also while that one runs: with its rows, its waiting events and its dead letters', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      ...paid(40),
      { key: 'late', name: 'paid', sequence: 2, metadata: { value: 2 } },
      { key: 'bad', name: 'poison', metadata: { fault: 'throw' } },
    ]);
    await using old = await startWorkerProcess(database.url, { ...quickLedger, FAULTLINE_LEASE_MS: '2000' });
    await eventually(
      () => dead(database),
      (seen) => seen.length === 1,
    );
    await passed(database);
    // A rolling release: both run, each its own version, and lanes of the built-in ones are shared.
    await using _new = await startWorkerProcess(database.url, {
      ...quickLedger,
      FAULTLINE_LEASE_MS: '2000',
      LEDGER_VERSION: '2',
      LEDGER_START: 'previous',
    });
    await database.append([{ key: 'late', name: 'paid', sequence: 1, metadata: { value: 1 } }, ...paid(20, 'new')]);
    for (const version of [1, 2]) expect(await passed(database, version)).toMatchObject({ applied: 62, parked: 1 });
    for (const version of [1, 2]) {
      const rows = await entries(database, version);
      expect(rows).toHaveLength(62);
      expect(rows.filter(({ object_id }) => object_id === 'late').map(({ value }) => value)).toEqual([1, 2]);
    }
    const owners = await database.rows<{ version: number; owners: number }>(
      `select version, count(distinct owner)::int as owners from leases where processor = 'ledger' and owner is not null group by version order by version`,
    );
    expect(owners).toEqual([
      { version: 1, owners: 1 },
      { version: 2, owners: 1 },
    ]);
    old.signal('SIGTERM');
    await old.exited;
    expect(await database.rows(`select from worker_processors where version = 1`)).toEqual([]);
  }, 60_000);

  test('is never taken by a worker that does not run it, whatever that worker asks for', async () => {
    await using database = await createWorkerDatabase();
    await database.append(paid(10));
    {
      await using worker = await startWorkerProcess(database.url, withLedger);
      await passed(database);
      await stopped(worker);
    }
    await using _without = await startWorkerProcess(database.url, patient);
    await database.append(paid(10));
    await eventually(
      () =>
        database.rows<{ behind: number }>(
          `select sum(head - position)::int as behind from checkpoints c join lanes l using (lane) where processor = 'timelines'`,
        ),
      ([row]) => row?.behind === 0,
    );
    expect(await booksOf(database)).toMatchObject({ position: 10, applied: 10 });
    // As a worker of the version before would, which knows nothing of such processors.
    const taken = await database.rows(`update leases set owner = 'old', epoch = epoch + 1 where processor = 'ledger' returning lane`);
    expect(taken).toEqual([]);
  });
});
