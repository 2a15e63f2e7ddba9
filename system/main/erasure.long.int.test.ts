import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  names,
  patient,
  plain,
  restingLetters,
  startWorkerProcess,
  type TestEvent,
  type WorkerDatabase,
} from '../workers/testing.ts';
import { startDesk, type Desk } from './ops/testing.ts';
import { entries as ledgerRows, paid, passed, stopped, withLedger } from './own/testing.ts';

type Erasure = {
  phase: string;
  before: Record<string, number>;
  erased: Record<string, number>;
  after: Record<string, number> | null;
  done_at: string | null;
  waits_for: string | null;
  not_ours: string[];
};

const ask = async (desk: Desk, key: string, more: Record<string, unknown> = {}): Promise<number> => {
  const { status, body } = await desk.post('/erasures', { system_name: 'shop', object_id: key, ...more });
  expect(status, JSON.stringify(body)).toBe(202);
  return body['erasure'] as number;
};
const done = (desk: Desk, erasure: number, withinMs = 30_000) =>
  eventually(
    () => desk.get<Erasure>(`/erasures/${erasure}`),
    ({ done_at }) => done_at !== null,
    withinMs,
  );

const secret = (text: string) => ({ note: `secret-${text}` });

/** Tables that may hold what came in, as one text: nothing of an erased object may be in any column of any row. */
const everything = async (database: WorkerDatabase): Promise<string> => {
  const tables = [
    'log',
    'events',
    'timeline_entries',
    'pending_events',
    'parked_events',
    'event_recoveries',
    'recovery_jobs',
    'recovery_commands',
    'erasures',
  ];
  const texts: string[] = [];
  for (const table of tables) {
    const rows = await database.rows<{ row: string }>(`select t::text as row from ${table} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
};

const noDrop = async (database: WorkerDatabase, total: number) => {
  const seen = await books(database);
  for (const row of Object.values(seen)) expect(row).toMatchObject({ position: total, drop: 0 });
  const [counted] = await database.rows(`
    select (select count(*) from events)::int as events, (select count(*) from timeline_entries)::int as entries,
           (select coalesce(sum(count), 0) from minute_counts)::int as counts, (select count(*) from pending_events)::int as pending,
           (select count(*) from parked_events where processor = 'timelines')::int as parked`);
  expect(counted).toEqual({
    events: seen['events']!.applied,
    entries: seen['timelines']!.applied,
    counts: seen['timelines']!.applied,
    pending: seen['timelines']!.pending,
    parked: seen['timelines']!.parked,
  });
};

const mixed = (): TestEvent[] => [
  // Applied, with a client's key of the trace.
  ...names(1, 5).map((name) => ({ key: 'ann', name, metadata: secret(name) })),
  // Early: numbers 3 and 5 wait for 1.
  { key: 'early', name: 'three', sequence: 3, metadata: secret('three') },
  { key: 'early', name: 'five', sequence: 5, metadata: secret('five') },
  // Parked, and what waits behind.
  { key: 'bad', name: 'throws', metadata: { fault: 'throw', ...secret('throws') } },
  { key: 'bad', name: 'behind', metadata: secret('behind') },
  // Refused by the database in table events: a number that jsonb can not hold.
  ...plain(50),
];

describe('an erasure', () => {
  test('says first what would go, then takes it from everywhere, and the books hold', { timeout: 120_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    const all = mixed();
    await database.append(all);
    await using _worker = await startWorkerProcess(database.url, patient);
    await drained(database, all.length);
    await restingLetters(database, 1);
    await desk.ask({
      action: 'fix',
      selection: { object_id: 'bad' },
      fix: [{ op: 'replace', path: '/metadata/note', value: 'secret-fixed' }],
    });
    await eventually(
      () => database.rows('select 1 from event_recoveries where fixed_body is not null'),
      (rows) => rows.length > 0,
    );
    expect(await everything(database)).toContain('secret-');

    const dry = await done(desk, await ask(desk, 'ann', { dry_run: true }));
    expect(dry).toMatchObject({ before: { log: 5, events: 5, timeline_entries: 5, parked_events: 0 }, erased: {} });
    expect(await entries(database, 'ann')).toEqual(names(1, 5));

    expect(await done(desk, await ask(desk, 'ann'))).toMatchObject({
      before: { log: 5, events: 5, timeline_entries: 5 },
      erased: { log: 5, events: 5, timeline_entries: 5 },
      after: { log: 0, events: 0, timeline_entries: 0, parked_events: 0 },
    });
    expect(await entries(database, 'ann')).toEqual([]);
    await noDrop(database, all.length);
    expect((await books(database))['timelines']).toMatchObject({ skipped: 5 });
    expect(await done(desk, await ask(desk, 'early'))).toMatchObject({ erased: { log: 2, pending_events: 2, events: 2 } });
    expect(await done(desk, await ask(desk, 'bad'))).toMatchObject({
      before: { parked_events: 2, recovery_fixes: 1 },
      erased: { log: 2, parked_events: 2, recovery_fixes: 1 },
    });
    // What was parked is passed over in its turn, and the key is free.
    await eventually(
      () => database.rows(`select 1 from parked_keys`),
      (rows) => rows.length === 0,
    );
    expect(await everything(database)).not.toContain('secret-');
    await noDrop(database, all.length);
    // Positions have no gap: each row is there, with its key and its number.
    expect(
      await database.rows(`select sequence::int from log where object_id = 'early' and body = '{"erased":true}' order by sequence`),
    ).toEqual([{ sequence: 3 }, { sequence: 5 }]);
    // Again: nothing is left to do.
    expect(await done(desk, await ask(desk, 'ann'))).toMatchObject({
      before: { log: 0, events: 0 },
      erased: { log: 0, events: 0, timeline_entries: 0 },
    });
    const lines = desk.lines.join('\n');
    expect(lines).not.toContain('secret-');
    expect(lines).toContain('faultline.erasure.asked');
  });

  test('leaves what came later: it goes on in order, from one, behind the numbers that were erased', { timeout: 90_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append([
      { key: 'numbered', name: 'one', sequence: 1, metadata: secret('one') },
      { key: 'numbered', name: 'two', sequence: 2, metadata: secret('two') },
      { key: 'numbered', name: 'four', sequence: 4, metadata: secret('four') },
    ]);
    await using worker = await startWorkerProcess(database.url, patient);
    await drained(database, 3);
    await done(desk, await ask(desk, 'numbered'));
    await database.append([
      { key: 'numbered', name: 'three', sequence: 3 },
      { key: 'numbered', name: 'five', sequence: 5 },
    ]);
    await drained(database, 5);
    expect(
      await eventually(
        () => entries(database, 'numbered'),
        (seen) => seen.length === 2,
      ),
    ).toEqual(['three', 'five']);
    const numbers = await database.rows(`select entry::int from timeline_entries where object_id = 'numbered' order by entry`);
    expect(numbers).toEqual([{ entry: 1 }, { entry: 2 }]);
    await noDrop(database, 5);
    expect((await books(database))['timelines']).toMatchObject({ applied: 2, skipped: 3 });
    expect(worker.lines.map((line) => JSON.stringify(line)).join('\n')).not.toContain('secret-');
  });

  test('is found again by a worker that comes after one that was killed, beside a rebuild and a replay', { timeout: 180_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    const ann = Array.from({ length: 3000 }, (_, index) => ({
      key: index % 3 === 0 ? 'ann' : `k${index % 40}`,
      name: `e${index}`,
      metadata: secret(`${index}`),
    }));
    for (let at = 0; at < ann.length; at += 500) await database.append(ann.slice(at, at + 500));
    await database.append([
      { key: 'bad', name: 'throws', metadata: { fault: 'throw' } },
      { key: 'ann', name: 'throws', metadata: { fault: 'throw', ...secret('last') } },
    ]);
    const total = ann.length + 2;
    const first = await startWorkerProcess(database.url, { FAULTLINE_FRESHNESS_BUDGET_MS: '5000' });
    await drained(database, total);
    await restingLetters(database, 2);
    expect((await desk.post('/rebuilds', { read_model: 'timelines', action: 'start', same_code: true, rate_per_second: 600 })).status).toBe(
      200,
    );
    await desk.ask({ action: 'replay', selection: { all: true } });
    const erasure = await ask(desk, 'ann');
    await eventually(
      () => desk.get<Erasure>(`/erasures/${erasure}`),
      ({ phase }) => phase !== 'count',
    );
    first.signal('SIGKILL');
    await using _next = await startWorkerProcess(database.url, { FAULTLINE_FRESHNESS_BUDGET_MS: '5000' });
    expect(await done(desk, erasure, 60_000)).toMatchObject({
      before: { log: 1001 },
      erased: { log: 1001 },
      after: { log: 0, timeline_entries: 0, parked_events: 0 },
    });
    type Versions = { versions: readonly { version: number; lag: number; position: number }[] };
    await eventually(
      async () => (await desk.get<Versions>('/rebuilds/timelines')).versions.find(({ version }) => version === 2)!,
      ({ lag, position }) => lag === 0 && position === total,
      60_000,
    );
    await eventually(
      () => database.rows(`select 1 from parked_keys where state = 'retrying'`),
      (rows) => rows.length === 0,
    );
    expect(await database.rows(`select 1 from timeline_entries where object_id = 'ann'`)).toEqual([]);
    const sums = await database.rows(`
      select version, sum(position - applied - ignored - parked - pending - discarded - skipped - shed)::int as drop, sum(applied)::int as applied,
             (select count(*) from timeline_entries e where e.version = c.version)::int as entries,
             (select sum(count) from minute_counts m where m.version = c.version)::int as counts
      from checkpoints c where processor = 'timelines' group by version order by version`);
    expect(sums).toEqual([1, 2].map((version) => ({ version, drop: 0, applied: 2000, entries: 2000, counts: 2000 })));
  });
});

describe("a team's own processor", () => {
  const table = 'own_ledger_v1__entries';
  const erasing = { ...withLedger, LEDGER_ERASE: 'object_id = $3' };
  const objects = async (database: WorkerDatabase) => (await ledgerRows(database)).map(({ object_id }) => object_id);

  test('loses what its definition says is of the object, also once nobody runs it any more', { timeout: 90_000 }, async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append(paid(30));
    {
      await using worker = await startWorkerProcess(database.url, erasing);
      await passed(database);
      expect(await done(desk, await ask(desk, 'plain-1', { dry_run: true }))).toMatchObject({
        before: { [table]: 3 },
        erased: {},
        not_ours: [],
      });
      expect(await objects(database)).toHaveLength(30);
      expect(await done(desk, await ask(desk, 'plain-1'))).toMatchObject({
        before: { log: 3, [table]: 3 },
        erased: { log: 3, [table]: 3 },
        after: { log: 0, [table]: 0 },
        not_ours: [],
      });
      expect(await objects(database)).not.toContain('plain-1');
      expect(await objects(database)).toHaveLength(27);
      // What comes later is new data.
      await database.append([{ key: 'plain-1', name: 'paid', metadata: { value: 1 } }]);
      await eventually(
        () => objects(database),
        (rows) => rows.includes('plain-1'),
      );
      await stopped(worker);
    }
    await database.rows(`update processors set state = 'retired' where processor = 'ledger'`);
    await using _worker = await startWorkerProcess(database.url, { ...patient, FAULTLINE_TIMELINE_HANDLER: '' });
    expect(await done(desk, await ask(desk, 'plain-2'))).toMatchObject({ erased: { [table]: 3 }, after: { [table]: 0 }, not_ours: [] });
    expect(await objects(database)).toHaveLength(25);
    await database.rows(`drop table ${table}`);
    const last = await done(desk, await ask(desk, 'plain-3'));
    expect(last).toMatchObject({ erased: { log: 3 }, not_ours: [] });
    expect(last.after).not.toHaveProperty(table);
  });

  test(
    'that says nothing is named by the proof, and a condition that its table refuses holds the erasure up until it is mended',
    { timeout: 90_000 },
    async () => {
      await using database = await createWorkerDatabase();
      await using desk = await startDesk(database);
      await database.append(paid(20));
      {
        await using worker = await startWorkerProcess(database.url, withLedger);
        await passed(database);
        expect(await done(desk, await ask(desk, 'plain-1'))).toMatchObject({ not_ours: ['ledger/1'] });
        expect(await objects(database)).toContain('plain-1');
        await stopped(worker);
      }
      await using _worker = await startWorkerProcess(database.url, erasing);
      await passed(database);
      expect((await done(desk, await ask(desk, 'plain-1'))).erased).toMatchObject({ log: 0, [table]: 2 });
      await database.rows(`alter table ${table} rename column object_id to renamed`);
      const held = await ask(desk, 'plain-2');
      await eventually(
        () => desk.get<Erasure>(`/erasures/${held}`),
        ({ waits_for }) => waits_for?.includes(table) === true && waits_for.includes('object_id'),
      );
      await database.rows(`alter table ${table} rename column renamed to object_id`);
      expect((await done(desk, held)).erased).toMatchObject({ [table]: 2 });
      // What the database says of data quotes it: the row of an erasure holds no payload.
      await database.rows(
        `update own_processors set erase = jsonb_set(erase, '{rows,${table}}', '"object_id = $3 and token::integer = 1"')`,
      );
      const quoted = await ask(desk, 'plain-4');
      const { waits_for: said } = await eventually(
        () => desk.get<Erasure>(`/erasures/${quoted}`),
        ({ waits_for }) => waits_for?.includes(table) === true,
      );
      expect(said).toContain('SQLSTATE 22P02');
      expect(said).not.toContain('invalid input');
      await database.rows(`update own_processors set erase = jsonb_set(erase, '{rows,${table}}', '"object_id = $3"')`);
      expect((await done(desk, quoted)).erased).toMatchObject({ [table]: 2 });
      // What it can be counted by, but not removed: the lane's owner says so.
      await database.rows(`create function keep() returns trigger language plpgsql as $$ begin raise 'kept by a trigger'; end $$`);
      await database.rows(`create trigger keep before delete on ${table} for each row execute function keep()`);
      const kept = await ask(desk, 'plain-3');
      await eventually(
        () => desk.get<Erasure>(`/erasures/${kept}`),
        ({ phase, waits_for }) => phase === 'lanes' && waits_for?.includes('kept by a trigger') === true,
      );
      expect(await objects(database)).toContain('plain-3');
      await database.rows(`drop trigger keep on ${table}`);
      expect((await done(desk, kept)).erased).toMatchObject({ [table]: 2 });
    },
  );
});
