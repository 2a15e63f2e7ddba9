import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  createWorkerDatabase,
  drained,
  eventually,
  leaseEvents,
  names,
  patient,
  plain,
  startWorkerProcess,
  type WorkerDatabase,
} from '../workers/testing.ts';
import { startDesk, type Desk } from './ops/testing.ts';

const second = fileURLToPath(new URL('../workers/fixtures/second-handler.ts', import.meta.url));
const withSecond = { ...patient, FAULTLINE_TIMELINE_HANDLERS: `2=${second}`, FAULTLINE_FRESHNESS_BUDGET_MS: '2000' };

type Standing = { version: number; state: string; position: number; lag: number; applied: number; skipped: number; parked: number };
type Shown = {
  served_version: number;
  versions: readonly Standing[];
  comparison: { outcome: string | null; done_at: string | null; differing: number } | null;
};

const standing = (desk: Desk) => desk.get<Shown>('/rebuilds/timelines');
const versionOf = (shown: Shown, version: number) => shown.versions.find((one) => one.version === version)!;
const builtUpTo = (desk: Desk, version: number, position: number, withinMs = 20_000) =>
  eventually(
    async () => versionOf(await standing(desk), version),
    (seen) => seen?.position === position && seen.lag === 0,
    withinMs,
  );
const compared = async (desk: Desk) => {
  expect((await desk.post('/rebuilds', { read_model: 'timelines', action: 'compare' })).status).toBe(200);
  return (
    await eventually(
      () => standing(desk),
      ({ comparison }) => comparison?.done_at !== null && comparison !== null,
    )
  ).comparison!;
};
const act = (desk: Desk, action: string, more: Record<string, unknown> = {}) =>
  desk.post('/rebuilds', { read_model: 'timelines', action, ...more });

type Timeline = { entries: readonly { entry: number; summary: string; event_name: string }[]; total: number };
const timeline = (desk: Desk, key: string, version?: number) =>
  desk.get<Timeline>(`/timelines/shop/${key}${version === undefined ? '' : `?version=${version}`}`);

/** Of each version: nothing doubled, nothing lost, and the books say what the rows say. */
const expectSoundVersions = async (database: WorkerDatabase, versions: readonly number[], total: number) => {
  const rows = await database.rows<{
    version: number;
    position: number;
    applied: number;
    drop: number;
    entries: number;
    counts: number;
    distinct: number;
  }>(`
    select c.version, sum(position)::int as position, sum(applied)::int as applied,
           sum(position - applied - ignored - parked - pending - discarded - skipped - shed)::int as drop,
           (select count(*) from timeline_entries e where e.version = c.version)::int as entries,
           (select count(distinct event_id) from timeline_entries e where e.version = c.version)::int as distinct,
           (select sum(count) from minute_counts m where m.version = c.version)::int as counts
    from checkpoints c where processor = 'timelines' group by c.version order by c.version`);
  expect(rows).toEqual(
    versions.map((version) => ({ version, position: total, applied: total, drop: 0, entries: total, counts: total, distinct: total })),
  );
};

describe('a version with code of its own', () => {
  test('is built beside the old one, compared, read after the switch and no more after the way back', { timeout: 90_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append(plain(300));
    await using _worker = await startWorkerProcess(database.url, withSecond);
    await drained(database, 300);
    expect(await act(desk, 'switch')).toMatchObject({ status: 409, body: { error: { code: 'operation_refused' } } });
    expect(await act(desk, 'start')).toMatchObject({ status: 200, body: { version: 2, known: false } });
    expect((await act(desk, 'start')).status).toBe(409);
    await builtUpTo(desk, 2, 300);
    // A worker without the code takes its share of version 1, and nothing of version 2.
    await using _without = await startWorkerProcess(database.url, patient);
    const ownersOf = (version: number) =>
      database.rows(`select distinct owner from leases where processor = 'timelines' and version = $1 and owner is not null`, [version]);
    await eventually(
      () => ownersOf(1),
      (owners) => owners.length === 2,
    );
    expect(await ownersOf(2)).toHaveLength(1);
    await database.append(plain(50));
    await builtUpTo(desk, 2, 350);
    expect((await timeline(desk, 'plain-1')).entries[0]).toMatchObject({ entry: 1, summary: expect.not.stringMatching('second') });
    expect((await timeline(desk, 'plain-1', 2)).entries[0]).toMatchObject({ entry: 1, summary: 'second e1' });
    // Not compared, then found different: refused, unless somebody takes it upon himself.
    expect((await act(desk, 'switch')).status).toBe(409);
    const comparison = await compared(desk);
    expect(comparison).toMatchObject({ outcome: 'different', differing: 20 });
    const { body: refused } = await act(desk, 'switch');
    expect(refused).toMatchObject({ error: { message: expect.stringContaining('20 keys') } });
    const shown = await desk.ops('rebuild', 'compare', 'timelines', '--why', 'a look');
    expect(shown.stdout).toContain('20 keys differ');
    expect(shown.stdout).toMatch(/plain-1 .*18.*18.*1 +summary/);
    expect(shown.stdout).toMatch(/sampled reads of both versions: ([1-9]\d*), of which \1 differ/);
    expect(shown.exitCode).toBe(1);
    expect(await act(desk, 'switch', { force: true })).toMatchObject({
      status: 200,
      body: { version: 2, detail: expect.stringContaining('Forced') },
    });
    expect((await timeline(desk, 'plain-1')).entries[0]).toMatchObject({ summary: 'second e1' });
    // Both are fed on.
    await database.append(plain(50));
    await builtUpTo(desk, 2, 400);
    await builtUpTo(desk, 1, 400);
    expect((await act(desk, 'drop', { version: 2 })).status).toBe(409);
    expect((await act(desk, 'back')).status).toBe(200);
    expect((await timeline(desk, 'plain-1')).entries[0]).toMatchObject({ summary: expect.not.stringMatching('second') });
    await expectSoundVersions(database, [1, 2], 400);
    expect((await act(desk, 'drop')).body).toMatchObject({ version: 2 });
    await eventually(
      () => database.rows(`select 1 from checkpoints where version = 2`),
      (rows) => rows.length === 0,
    );
    await expectSoundVersions(database, [1], 400);
    const { versions } = await standing(desk);
    expect(versions.map(({ state }) => state)).toEqual(['active', 'retired']);
    // On record: what was done, what was refused, and what was forced.
    const record = await database.rows<{ action: string; outcome: string; is_forced: boolean }>(
      'select action, outcome, is_forced from rebuild_actions order by entry',
    );
    expect(record.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'switch refused',
      'start done',
      'start refused',
      'switch refused',
      'compare done',
      'switch refused',
      'compare done',
      'switch done',
      'drop refused',
      'back done',
      'drop done',
    ]);
    expect(record.filter(({ is_forced }) => is_forced)).toHaveLength(1);
    // Nobody was fenced and no lane was lost for it.
    expect(await leaseEvents(database, 'fenced')).toEqual([]);
  });

  test('does not begin where no worker has its code, nor beside a worker that knows no rebuilds', { timeout: 40_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await using _worker = await startWorkerProcess(database.url, patient);
    await drained(database, 0);
    const { status, body } = await act(desk, 'start');
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('FAULTLINE_TIMELINE_HANDLERS=2=') } },
    });
    await database.pool.query(`insert into workers (worker, host, pid) values ('worker-old', 'h', 1)`);
    expect((await act(desk, 'start', { same_code: true })).body).toMatchObject({
      error: { message: expect.stringContaining('older release') },
    });
    await database.pool.query(`delete from workers where worker = 'worker-old'`);
    const asked = { same_code: true, request_id: '00000000-0000-4000-8000-000000000001' };
    expect((await act(desk, 'start', asked)).body).toMatchObject({ version: 2, known: false });
    expect((await act(desk, 'start', asked)).body).toMatchObject({ version: 2, known: true });
  });
});

describe('a version with the same code', () => {
  test(
    'is whole and equal though workers are killed while it is built, and old workers can not take its lanes',
    { timeout: 120_000 },
    async () => {
      await using database = await createWorkerDatabase();
      await using desk = await startDesk(database);
      for (let batch = 0; batch < 6; batch += 1) await database.append(plain(500));
      const first = await startWorkerProcess(database.url, { FAULTLINE_FRESHNESS_BUDGET_MS: '2000' });
      await drained(database, 3000);
      expect((await act(desk, 'start', { same_code: true, rate_per_second: 400 })).status).toBe(200);
      await eventually(
        async () => versionOf(await standing(desk), 2),
        ({ applied }) => applied > 300,
      );
      first.signal('SIGKILL');
      await using _next = await startWorkerProcess(database.url, { FAULTLINE_FRESHNESS_BUDGET_MS: '2000' });
      // A worker of the version before asks for whatever it sees.
      await database.pool.query(`insert into workers (worker, host, pid) values ('worker-old', 'h', 1) on conflict do nothing`);
      const taken = await database.rows(`update leases set owner = 'worker-old' where processor = 'timelines' and version = 2 returning 1`);
      expect(taken).toEqual([]);
      await database.append(plain(100));
      await builtUpTo(desk, 2, 3100, 60_000);
      await expectSoundVersions(database, [1, 2], 3100);
      expect(await compared(desk)).toMatchObject({ outcome: 'equal', differing: 0 });
      expect(await act(desk, 'switch')).toMatchObject({ status: 200, body: { version: 2, detail: null } });
      expect(await act(desk, 'drop')).toMatchObject({ status: 200, body: { version: 1 } });
      await eventually(
        () => database.rows('select 1 from timeline_entries where version = 1'),
        (rows) => rows.length === 0,
      );
      await using _third = await startWorkerProcess(database.url, {});
      await database.append(plain(10));
      await builtUpTo(desk, 2, 3110);
      // The one that was given up is not seeded again by a process that starts.
      expect(await database.rows(`select 1 from checkpoints where processor = 'timelines' and version = 1`)).toEqual([]);
    },
  );
});

describe('a log of which retention has dropped the beginning', () => {
  test(
    'is built from its low-water mark: what is gone is skipped, and numbered keys begin where they can',
    { timeout: 60_000 },
    async () => {
      await using database = await createWorkerDatabase(1);
      await using desk = await startDesk(database);
      const numbered = (from: number, to: number) => names(from, to).map((name, at) => ({ key: 'numbered', name, sequence: from + at }));
      await database.append([...numbered(1, 3), { key: 'zebra' }, ...plain(5), ...numbered(4, 5)]);
      await using _worker = await startWorkerProcess(database.url, withSecond);
      await drained(database, 11);
      // As a partition that is dropped leaves it.
      await database.pool.query('delete from log where position <= 4');
      await database.pool.query('update lanes set low_water = 4');
      expect((await act(desk, 'start', { same_code: true })).status).toBe(200);
      await builtUpTo(desk, 2, 11);
      await database.append(numbered(6, 7));
      await builtUpTo(desk, 2, 13);
      const ofNumbered = await database.rows(
        `select entry::int, event_name from timeline_entries where version = 2 and object_id = 'numbered' order by entry`,
      );
      expect(ofNumbered).toEqual(names(4, 7).map((event_name, at) => ({ entry: at + 1, event_name })));
      const [books] = await database.rows(
        `select position::int, applied::int, skipped::int, pending::int from checkpoints where version = 2`,
      );
      expect(books).toEqual({ position: 13, applied: 9, skipped: 4, pending: 0 });
      // It can not be what the old one is, and the comparison says so; a key of which all is gone is read in the old one alone.
      expect(await compared(desk)).toMatchObject({ outcome: 'different' });
      const shown = await desk.ops('rebuild', 'compare', 'timelines', '--why', 'a look');
      expect(shown, shown.stderr).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/there or not[^]*\n {4}shop zebra\n?$/) });
    },
  );
});
