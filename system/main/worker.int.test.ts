import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  startWorkerProcess,
  type TestEvent,
  type WorkerDatabase,
} from '../workers/testing.ts';

const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `e${from + index}`);
const plain = (count: number, keys = 20): TestEvent[] =>
  Array.from({ length: count }, (_, index) => ({ key: `plain-${index % keys}`, name: `e${index}` }));

type Letter = { object_id: string; event_name: string; reason_code: string; attempts: number };
const letters = (database: WorkerDatabase) =>
  database.rows<Letter>(
    `select object_id, event_name, reason_code, attempts from dead_letters where processor = 'timelines' order by position`,
  );
const restingLetters = (database: WorkerDatabase, count: number) =>
  eventually(
    () => letters(database),
    (seen) => seen.length === count,
  );

const leaseEvents = (database: WorkerDatabase, kind: string) =>
  database.rows<{ processor: string; owner: string; epoch: string; other_epoch: string | null; other_owner: string | null }>(
    `select processor, owner, epoch, other_epoch, other_owner from lease_events where kind = $1 order by id`,
    [kind],
  );
const owners = (database: WorkerDatabase) =>
  database.rows<{ owner: string | null }>(`select distinct owner from leases where processor <> '_duties'`);
const ownedBy = (database: WorkerDatabase, count: number) =>
  eventually(
    () => owners(database),
    (seen) => seen.length === count && seen.every(({ owner }) => owner !== null),
  );

/** Nothing doubled, nothing lost: the rows say what the books say. */
const expectSound = async (database: WorkerDatabase, total: number) => {
  const { events, timelines } = await books(database);
  const [counted] = await database.rows<{
    events: number;
    entries: number;
    counts: number;
    distinct: number;
    parked: number;
    pending: number;
  }>(`
    select (select count(*) from events)::int as events, (select count(*) from timeline_entries)::int as entries,
           (select sum(count) from minute_counts)::int as counts, (select count(distinct event_id) from timeline_entries)::int as distinct,
           (select count(*) from parked_events where processor = 'timelines')::int as parked,
           (select count(*) from pending_events)::int as pending`);
  expect(events).toMatchObject({ position: total, drop: 0, applied: counted!.events });
  expect(timelines).toMatchObject({
    position: total,
    drop: 0,
    applied: counted!.entries,
    parked: counted!.parked,
    pending: counted!.pending,
  });
  expect(counted!.distinct).toBe(counted!.entries);
  expect(counted!.counts ?? 0).toBe(counted!.entries);
};

describe('a worker process', () => {
  test('takes all lanes of a fresh system, applies everything once, and gives its leases back on SIGTERM', async () => {
    await using database = await createWorkerDatabase(4);
    await database.append(plain(600));
    await using worker = await startWorkerProcess(database.url);
    await drained(database, 600);
    await expectSound(database, 600);
    expect((await fetch(`${worker.address}/ready`)).status).toBe(200);
    expect((await fetch(`${worker.address}/health`)).status).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(await database.rows('select from leases where owner is not null')).toHaveLength(0);
    expect(await leaseEvents(database, 'released')).toHaveLength(9);
    expect(await database.rows('select from workers')).toHaveLength(0);
  });

  test('shares the lanes with one that comes, and gets them back when it goes', async () => {
    await using database = await createWorkerDatabase(4);
    await using first = await startWorkerProcess(database.url);
    await ownedBy(database, 1);
    await using second = await startWorkerProcess(database.url);
    await ownedBy(database, 2);
    await database.append(plain(200));
    await drained(database, 200);
    expect(await leaseEvents(database, 'taken_over')).toHaveLength(0);
    first.signal('SIGTERM');
    await first.exited;
    const after = await ownedBy(database, 1);
    expect(after[0]!.owner).toBe(second.instance);
    await database.append(plain(100));
    await drained(database, 300);
    await expectSound(database, 300);
  });

  test('takes over what a killed worker held, and loses and doubles nothing', async () => {
    await using database = await createWorkerDatabase(4);
    await using first = await startWorkerProcess(database.url, { FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '400' });
    await using second = await startWorkerProcess(database.url, { FAULTLINE_WORKER_MAX_EVENTS_PER_SECOND: '400' });
    await ownedBy(database, 2);
    await database.append(plain(600));
    await eventually(
      () => books(database),
      (seen) => seen['timelines']!.position > 50,
    );
    first.signal('SIGKILL');
    await drained(database, 600);
    await expectSound(database, 600);
    const taken = await leaseEvents(database, 'taken_over');
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.every(({ owner, other_owner }) => owner === second.instance && other_owner === first.instance)).toBe(true);
  });

  test('is fenced by the database when it wakes after its lease, and takes part again', async () => {
    await using database = await createWorkerDatabase(4);
    await using zombie = await startWorkerProcess(database.url);
    await using other = await startWorkerProcess(database.url);
    await ownedBy(database, 2);
    let total = 0;
    const load = new AbortController();
    const loading = (async () => {
      while (!load.signal.aborted) {
        await database.append(plain(5));
        total += 5;
        await new Promise((resolve) => void setTimeout(resolve, 10));
      }
    })();
    await eventually(
      () => books(database),
      (seen) => seen['timelines']!.position > 100,
    );
    zombie.signal('SIGSTOP');
    await eventually(
      () => leaseEvents(database, 'taken_over'),
      (seen) => seen.length >= 4,
    );
    zombie.signal('SIGCONT');
    const fenced = await eventually(
      () => leaseEvents(database, 'fenced'),
      (seen) => seen.length > 0,
    );
    expect(fenced.every((event) => event.owner === zombie.instance && Number(event.other_epoch) > Number(event.epoch))).toBe(true);
    expect(fenced.every((event) => event.other_owner === other.instance)).toBe(true);
    await eventually(
      () => leaseEvents(database, 'lost'),
      (seen) => seen.some(({ owner }) => owner === zombie.instance),
    );
    await ownedBy(database, 2);
    load.abort();
    await loading;
    await drained(database, total);
    await expectSound(database, total);
    expect(zombie.lines.some(({ event_name }) => event_name === 'faultline.lease.fenced')).toBe(true);
  }, 30_000);
});

describe('user code that misbehaves', () => {
  test('parks its own key after its attempts, whatever it did, and other keys go on', async () => {
    const faults = {
      throw: 'handler_threw',
      hang: 'handler_timeout',
      'hang-sync': 'handler_timeout',
      exit: 'handler_crashed',
      uncaught: 'handler_crashed',
      memory: 'handler_crashed',
      nul: 'data_refused',
      nonsense: 'handler_threw',
    };
    await using database = await createWorkerDatabase();
    const poison = Object.keys(faults).map((fault) => ({ key: fault, name: 'poison', metadata: { fault } }));
    await database.append([...plain(20), ...poison, ...plain(20), ...Object.keys(faults).map((key) => ({ key, name: 'behind' }))]);
    await using worker = await startWorkerProcess(database.url, { FAULTLINE_HANDLER_DEADLINE_MS: '400' });
    const total = 40 + 2 * poison.length;
    await drained(database, total, 20_000);
    const seen = await restingLetters(database, poison.length);
    expect(Object.fromEntries(seen.map(({ object_id, reason_code }) => [object_id, reason_code]))).toEqual(faults);
    expect(seen.every(({ attempts, event_name }) => attempts === 3 && event_name === 'poison')).toBe(true);
    expect((await books(database))['timelines']).toMatchObject({ applied: 40, parked: 2 * poison.length });
    expect(await entries(database, 'hang')).toEqual([]);
    await expectSound(database, total);
    expect(worker.child.exitCode).toBeNull();
  }, 40_000);

  test('is tried again until it works, and what waits behind it follows in order', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 'a', name: 'e1' },
      { key: 'a', name: 'e2', metadata: { fault: 'throw-first' } },
      ...names(3, 9).map((name) => ({ key: 'a', name })),
      { key: 'a', name: 'e10', metadata: { fault: 'throw-first' } },
      { key: 'a', name: 'e11' },
    ]);
    await using _worker = await startWorkerProcess(database.url);
    await eventually(
      () => entries(database, 'a'),
      (seen) => seen.length === 11,
    );
    expect(await entries(database, 'a')).toEqual(names(1, 11));
    expect(await database.rows('select from parked_keys')).toHaveLength(0);
    await expectSound(database, 11);
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
      await using worker = await startWorkerProcess(database.url, { FAULTLINE_LEASE_MS: '500' });
      const died = await Promise.race([worker.exited.then(() => true), eventually(isParked, Boolean, 20_000).then(() => false)]);
      if (died) deaths += 1;
      else await drained(database, 11);
    }
    expect(await letters(database)).toMatchObject([{ object_id: 'killer', reason_code: 'handler_crashed_process' }]);
    expect(deaths).toBe(5);
    await expectSound(database, 11);
  }, 60_000);
});

describe('sequence', () => {
  test('is kept however the events come, and early ones wait for their predecessor', async () => {
    await using database = await createWorkerDatabase();
    const order = [3, 1, 2, 7, 6, 5, 4, 9];
    await database.append(order.map((sequence) => ({ key: 's', name: `e${sequence}`, sequence })));
    await using _worker = await startWorkerProcess(database.url);
    await drained(database, order.length);
    expect(await entries(database, 's')).toEqual(names(1, 7));
    expect((await books(database))['timelines']).toMatchObject({ applied: 7, pending: 1, drop: 0 });
    await database.append([{ key: 's', name: 'e8', sequence: 8 }]);
    await drained(database, 9);
    expect(await entries(database, 's')).toEqual(names(1, 9));
    await expectSound(database, 9);
  });

  test('used twice or mixed with none parks the key at once, and discarding the head lets it go on', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 'twice', name: 'e1', sequence: 1 },
      { key: 'twice', name: 'other', sequence: 1 },
      { key: 'twice', name: 'e2', sequence: 2 },
      { key: 'mixed', name: 'e1', sequence: 1 },
      { key: 'mixed', name: 'none' },
      { key: 'mixed', name: 'e3', sequence: 3 },
      { key: 'mixed', name: 'e2', sequence: 2 },
    ]);
    await using _worker = await startWorkerProcess(database.url);
    await drained(database, 7);
    expect(await restingLetters(database, 2)).toMatchObject([
      { object_id: 'twice', event_name: 'other', reason_code: 'sequence_conflict', attempts: 1 },
      { object_id: 'mixed', event_name: 'none', reason_code: 'sequence_mixed', attempts: 1 },
    ]);
    await database.rows(`insert into park_commands (processor, version, tenant, system_name, object_id, action, requested_by)
      select processor, version, tenant, system_name, object_id, 'discard_head', 'test' from parked_keys`);
    await eventually(
      () => entries(database, 'mixed'),
      (seen) => seen.length === 3,
    );
    await eventually(
      () => entries(database, 'twice'),
      (seen) => seen.length === 2,
    );
    expect(await entries(database, 'mixed')).toEqual(names(1, 3));
    expect((await books(database))['timelines']).toMatchObject({ applied: 5, discarded: 2, parked: 0, pending: 0, drop: 0 });
    expect(await database.rows('select from park_commands where done_at is null')).toHaveLength(0);
  });

  test('goes on past a gap that is over its age where the policy is skip, and counts what comes after all', async () => {
    await using database = await createWorkerDatabase();
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'e4', sequence: 4 },
      { key: 's', name: 'e5', sequence: 5 },
    ]);
    await using _worker = await startWorkerProcess(database.url, {
      FAULTLINE_PENDING_POLICY: 'skip',
      FAULTLINE_PENDING_LIMIT_SECONDS: '1',
    });
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 3,
    );
    await database.append([
      { key: 's', name: 'e2', sequence: 2 },
      { key: 's', name: 'e6', sequence: 6 },
    ]);
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 4,
    );
    expect(await entries(database, 's')).toEqual(['e1', 'e4', 'e5', 'e6']);
    await drained(database, 5);
    expect((await books(database))['timelines']).toMatchObject({ applied: 4, skipped: 1, pending: 0, drop: 0 });
  });
});

describe('the park', () => {
  test('tries a dead letter again when asked to, and lets its key go', async () => {
    await using database = await createWorkerDatabase();
    const until = Date.now() + 4000;
    await database.append([
      { key: 'a', name: 'e1', metadata: { fault: 'throw-until', until } },
      { key: 'a', name: 'e2' },
    ]);
    await using _worker = await startWorkerProcess(database.url);
    await restingLetters(database, 1);
    await eventually(
      () => Date.now(),
      (now) => now > until,
    );
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
    const { timelines, events } = await books(database);
    expect(timelines).toMatchObject({ position: 3, parked: 3, drop: 0 });
    expect(events).toMatchObject({ position: 8 });
  });

  test('takes an event that table events refuses, alone, and reports a trace of every sampled one', async () => {
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

describe('trouble with storage', () => {
  test('parks nothing: the lanes wait and go on after', async () => {
    await using database = await createWorkerDatabase();
    await using worker = await startWorkerProcess(database.url);
    await database.append(plain(50));
    await drained(database, 50);
    await database.rows('alter table timeline_entries rename to away');
    await database.append(plain(50));
    await eventually(
      () => worker.lines,
      (lines) => lines.some(({ attributes }) => attributes['error.type'] === 'sqlstate_42'),
    );
    for (let times = 0; times < 3; times += 1)
      await database.rows(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'faultline-worker%'`);
    await database.rows('alter table away rename to timeline_entries');
    await drained(database, 100);
    await expectSound(database, 100);
    expect(await database.rows('select from parked_events')).toHaveLength(0);
    expect(worker.child.exitCode).toBeNull();
  });
});
