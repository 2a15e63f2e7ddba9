import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tenure } from '../../workers/checkpoint.ts';
import { countAttempt, countRetry } from '../../workers/count-attempt.ts';
import { emptySettlement, type Settlement } from '../../workers/settlement.ts';
import { createSurvivedAttempts } from '../../workers/survived-attempts.ts';
import { books, createWorkerDatabase, type WorkerDatabase } from '../../workers/testing.ts';
import { createPostgresStreamReader } from '../../stream/postgres/reader.ts';
import type { LogEvent } from '../../stream/stream.ts';
import type { LaneStore } from '../../workers/lane-store.ts';
import { createEvents } from './events.ts';
import { createLaneStore } from './lane-store.ts';
import { createLeaseStore } from './lease-store.ts';
import { createParkStore } from './park-store.ts';
import { createRangeStore } from './range-store.ts';
import { createSession, cutOff, type Session } from './session.ts';
import { createSessionPool } from './session-pool.ts';
import { createTimelines, type TimelineEffect } from './timelines.ts';

const lane0: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 0 };
const timelines = createTimelines(() => ({ summary: null }));
/** Longer than any stall: one that is to run out is made to. */
const leaseMs = 600_000;

let database: WorkerDatabase;
const sessions: Session[] = [];
let events: readonly LogEvent[];

const session = () => {
  const made = createSession({ databaseUrl: database.url, name: 'faultline-test', leaseMs });
  sessions.push(made);
  return made;
};
const leasesOf = (worker: string) =>
  createLeaseStore({ session: session(), renewals: session(), worker, host: 'h', codes: [], pid: 1, leaseMs, runs: [] });
const applied = (from: number, to: number): Settlement<TimelineEffect> => ({
  ...emptySettlement,
  toPosition: to,
  applied: events.slice(from, to).map((event) => ({ event, effect: { summary: null } })),
});
const entryCount = async () => (await database.rows<{ n: number }>('select count(*)::int as n from timeline_entries'))[0]!.n;
const kinds = async () => (await database.rows<{ kind: string }>('select kind from lease_events order by id')).map(({ kind }) => kind);

beforeAll(async () => {
  database = await createWorkerDatabase(1);
  await database.append(Array.from({ length: 20 }, (_, index) => ({ key: `k${index % 3}`, name: `e${index}` })));
  events = await createPostgresStreamReader(database.pool).read(0, 0, 100, 1e9);
});
afterAll(async () => {
  await Promise.all(sessions.map((one) => one[Symbol.asyncDispose]()));
  await database[Symbol.asyncDispose]();
});

describe('settling a lane', () => {
  test('advances where the row is as expected, and counts from the rows', async () => {
    const store = createLaneStore(session(), 'w');
    const settled = await store.settle(lane0, 0, applied(0, 5), timelines.apply);
    expect(settled).toMatchObject({ outcome: 'advanced', books: { applied: 5 } });
    expect(await entryCount()).toBe(5);
    expect((await books(database))['timelines']).toMatchObject({ position: 5, applied: 5, drop: 0 });
  });

  test('done again after a lost answer finds it already there, and writes nothing', async () => {
    const settled = await createLaneStore(session(), 'w').settle(lane0, 0, applied(0, 5), timelines.apply);
    expect(settled).toMatchObject({ outcome: 'already_there', found: { position: 5, epoch: 0 }, books: { applied: 0 } });
    expect(await entryCount()).toBe(5);
  });

  test('finds itself behind where the database went back, and writes nothing', async () => {
    const settled = await createLaneStore(session(), 'w').settle(lane0, 9, applied(9, 12), timelines.apply);
    expect(settled).toMatchObject({ outcome: 'behind', found: { position: 5 } });
    expect(await entryCount()).toBe(5);
  });

  test('counts attempts on an event, and takes off those that came to nothing', async () => {
    const store = createLaneStore(session(), 'w');
    for (const count of [1, 2, 3]) expect(await store.noteAttempt(lane0, 6)).toEqual({ count });
    expect(await store.takeOffAttempts(lane0, 6, 2)).toBe(true);
    expect(await store.takeOffAttempts(lane0, 7, null)).toBe(false);
    expect(await store.attempt(lane0)).toEqual({ position: 6, count: 1 });
    expect([await store.countedAttempts(lane0, 6), await store.countedAttempts(lane0, 7)]).toEqual([1, 0]);
    await store.takeOffAttempts(lane0, 6, null);
    expect(await store.attempt(lane0)).toEqual({ position: null, count: 0 });
    await store.noteAttempt(lane0, 6);
    await store.takeOffAttempts(lane0, 6, 1);
    expect(await store.attempt(lane0)).toEqual({ position: null, count: 0 });
  });

  test('under an old epoch is refused whatever it writes', async () => {
    const owner = leasesOf('owner');
    await owner.survey();
    const [lease] = await owner.acquire([{ processor: 'timelines', version: 1, lane: 0 }]);
    expect(lease).toMatchObject({ epoch: 1, position: 5, head: 20, kind: 'acquired' });
    const store = createLaneStore(session(), 'zombie');
    const pool = createSessionPool([session()]);
    const park = createParkStore(pool, () => true);
    const key = { tenant: 'default', systemName: 'shop', objectId: 'k0' };
    const command = { ...lane0, id: 1, key, action: 'discard_head' as const, requestedBy: 'test' };
    const before = await database.rows('select * from checkpoints order by processor');
    expect(await store.settle(lane0, 5, applied(5, 7), timelines.apply)).toMatchObject({ outcome: 'fenced', found: { epoch: 1 } });
    const failure = { code: 'handler_threw' as const, message: 'no', errorType: null };
    const parking = { ...emptySettlement, toPosition: 6, parkFailed: [{ position: 6, failure, attempts: 1 }] };
    expect(await store.settle(lane0, 5, parking, timelines.apply)).toMatchObject({ outcome: 'fenced' });
    expect(await store.settle(lane0, 5, { ...emptySettlement, toPosition: 6, waitFromLog: [6] }, timelines.apply)).toMatchObject({
      outcome: 'fenced',
    });
    expect(await store.noteAttempt(lane0, 6)).toEqual({ fenced: { position: 5, epoch: 1 } });
    expect(await store.takeOffAttempts(lane0, 6, null)).toBe(false);
    expect(await store.noteRetry(lane0, key, 6, 10)).toEqual({ fenced: { position: 5, epoch: 1 } });
    expect(await store.takeOffRetry(lane0, 6, 1)).toBe(false);
    expect(await park.discardHead(lane0, command)).toMatchObject({ outcome: 'fenced' });
    expect(await park.retry(lane0, command)).toMatchObject({ outcome: 'fenced' });
    expect(await database.rows('select * from checkpoints order by processor')).toEqual(before);
    expect(await database.rows('select from parked_events union all select from pending_events')).toHaveLength(0);
    expect(await entryCount()).toBe(5);
  });

  test('of a range under an old epoch is refused too', async () => {
    const ranges = createRangeStore(createSessionPool([session()]), 'zombie');
    const tenure = { processor: 'events', version: 1, lane: 0, epoch: 0 };
    await database.rows(`update checkpoints set epoch = 9 where processor = 'events'`);
    expect(await ranges.applyRange(tenure, 0, 5, createEvents())).toMatchObject({ outcome: 'fenced', found: { epoch: 9 } });
    const failure = { code: 'data_refused' as const, message: 'no', errorType: null };
    expect(await ranges.parkOne(tenure, 0, failure)).toMatchObject({ outcome: 'fenced' });
    expect(await database.rows('select from events')).toHaveLength(0);
    await database.rows(`update checkpoints set epoch = 0 where processor = 'events'`);
    expect(await ranges.applyRange(tenure, 0, 5, createEvents())).toMatchObject({ outcome: 'advanced', range: { applied: 5 } });
  });

  test('rolls everything back where an effect is refused as data, and says which event it was', async () => {
    const store = createLaneStore(session(), 'owner');
    const mine = { ...lane0, epoch: 1 };
    const [good, bad, later] = events.slice(5, 8).map((event, index) => ({ event, effect: { summary: index === 1 ? 'a\u0000' : 'fine' } }));
    const settlement = { ...emptySettlement, toPosition: 8, applied: [good!, bad!, later!] };
    await expect(store.settle(mine, 5, settlement, timelines.apply)).rejects.toMatchObject({ code: '22021' });
    const refused = await store.findRefused(settlement.applied, timelines.apply);
    expect([...refused.keys()]).toEqual([7]);
    expect(refused.get(7)).toMatchObject({ code: 'data_refused', errorType: '22021' });
    expect(await entryCount()).toBe(5);
    expect((await books(database))['timelines']).toMatchObject({ position: 5, drop: 0 });
  });

  test('twice, if nothing compared, would be seen: entries and counts are not idempotent', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      const transaction = {
        query: async (text: string, values: readonly unknown[] = []) => ({
          rows: [],
          rowCount: (await client.query(text, [...values])).rowCount ?? 0,
        }),
      };
      const handled = [{ event: events[0]!, effect: { summary: null } }];
      await timelines.apply(handled, transaction as never);
      await timelines.apply(handled, transaction as never);
      const { rows } = await client.query('select entry from timeline_entries where event_id = $1 order by entry', [events[0]!.id]);
      expect(rows).toHaveLength(3);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

describe('leases', () => {
  test('are not to be had while they run, and are taken over, with the fence, when they ran out', async () => {
    const [one, other] = [leasesOf('one'), leasesOf('other')];
    const lane = { processor: 'events', version: 1, lane: 0 };
    const [first] = await one.acquire([lane]);
    expect(await other.acquire([lane])).toEqual([]);
    expect(await one.renew([first!])).toEqual([]);
    await database.rows(`update leases set expires_at = clock_timestamp() where processor = 'events'`);
    const [second] = await other.acquire([lane]);
    expect(second).toMatchObject({ kind: 'taken_over', from: 'one', epoch: first!.epoch + 1, takeoversWithoutProgress: 1 });
    expect(await database.rows(`select epoch::int from checkpoints where processor = 'events'`)).toEqual([{ epoch: second!.epoch }]);
    expect(await one.renew([first!])).toMatchObject([{ lane: 0, otherOwner: 'other', otherEpoch: second!.epoch }]);
    await one.recordFenced(first!, { position: 5, epoch: second!.epoch }, 'a test');
    await other.release([second!]);
    expect((await kinds()).slice(-5)).toEqual(['acquired', 'taken_over', 'lost', 'fenced', 'released']);
    const [fenced] = await database.rows(`select owner, epoch::int, other_epoch::int from lease_events where kind = 'fenced'`);
    expect(fenced).toEqual({ owner: 'one', epoch: first!.epoch, other_epoch: second!.epoch });
  });

  test('that ran out are not renewed, even if nobody took them', async () => {
    const one = leasesOf('one');
    const [lease] = await one.acquire([{ processor: 'events', version: 1, lane: 0 }]);
    await database.rows(`update leases set expires_at = clock_timestamp() where processor = 'events'`);
    expect(await one.renew([lease!])).toMatchObject([{ lane: 0, otherOwner: null, otherEpoch: null }]);
    const [again] = await one.acquire([lease!]);
    expect(again!.epoch).toBe(lease!.epoch + 1);
    await one.leave();
    expect(await database.rows(`select from leases where owner = 'one'`)).toHaveLength(0);
  });

  test('are written in one transaction after the other, however many ask at once', async () => {
    const shared = session();
    const notices: string[] = [];
    const client = await shared.client();
    client.on('notice', ({ message = '' }) => notices.push(message));
    const one = createLeaseStore({ session: shared, renewals: session(), worker: 'one', host: 'h', codes: [], pid: 1, leaseMs, runs: [] });
    const [lease] = await one.acquire([{ processor: 'events', version: 1, lane: 0 }]);
    await Promise.all([one.release([lease!]), one.recordFenced(lease!, { position: 5, epoch: 9 }, 'a test'), one.survey(), one.leave()]);
    expect(notices).toEqual([]);
  });

  test('of a lane without new work do not count as taken over without progress', async () => {
    await database.rows(`update checkpoints set takeovers_without_progress = 0, position = 20, applied = 20 where processor = 'events'`);
    const one = leasesOf('one');
    const lane = { processor: 'events', version: 1, lane: 0 };
    await one.acquire([lane]);
    await database.rows(`update leases set expires_at = clock_timestamp() where processor = 'events'`);
    expect(await leasesOf('two').acquire([lane])).toMatchObject([{ kind: 'taken_over', takeoversWithoutProgress: 0 }]);
  });
});

test('a worker that was not heard for a third of the lease has no share in what is free, though its leases stand', async () => {
  const [living, dead] = [leasesOf('living'), leasesOf('dead')];
  await dead.survey();
  expect((await living.survey()).workers).toContain('dead');
  await database.rows(`update workers set seen_at = seen_at - ${leaseMs / 3} * interval '1 millisecond' where worker = 'dead'`);
  const { workers, leases } = await living.survey();
  expect(workers).toContain('living');
  expect(workers).not.toContain('dead');
  expect(leases.filter(({ expired }) => expired)).toEqual([]);
});

test('work on the park that was carried out already, though its answer was lost, writes nothing a second time', async () => {
  const mine = {
    ...lane0,
    epoch: (await database.rows<{ epoch: number }>(`select epoch::int as epoch from checkpoints where processor = 'timelines'`))[0]!.epoch,
  };
  const store = createLaneStore(session(), 'w');
  const before = await entryCount();
  const [one] = events.slice(-1);
  const work = { ...emptySettlement, applied: [{ event: one!, effect: { summary: null } }] };
  for (const again of [{ doneParked: [one!.position] }, { doneEarly: [one!.position] }])
    await expect(store.settle(mine, null, { ...work, ...again }, timelines.apply)).rejects.toMatchObject({ code: '40001' });
  expect(await entryCount()).toBe(before);
});

/** The next event of the lane, which failed once. */
const parkNext = async () => {
  const [{ epoch, position: last }] = (await database.rows<{ epoch: number; position: number }>(
    `select epoch::int as epoch, position::int as position from checkpoints where processor = 'timelines'`,
  )) as [{ epoch: number; position: number }];
  const mine = { ...lane0, epoch };
  const store = createLaneStore(session(), 'w');
  const failure = { code: 'handler_threw' as const, message: 'no', errorType: null };
  const key = { tenant: 'default', systemName: 'shop', objectId: events[last]!.objectId };
  const position = last + 1;
  const parkFailed = [{ position, failure, attempts: 1 }];
  await store.settle(mine, last, { ...emptySettlement, toPosition: position, parkFailed }, timelines.apply);
  const attempts = async () => (await store.loadParked(mine, key, 10, 1e9)).map((event) => [event.position, event.attempts]);
  return { mine, key, position, store, attempts };
};

test('counts attempts on a parked event, and takes off those that came to nothing', async () => {
  const { mine, key, position, store, attempts } = await parkNext();
  for (let retry = 1; retry <= 3; retry += 1) await store.noteRetry(mine, key, position, 10);
  expect(await attempts()).toEqual([[position, 4]]);
  expect([await store.countedRetries(mine, position), await store.countedRetries(mine, position + 1)]).toEqual([4, 0]);
  expect(await store.takeOffRetry({ ...mine, epoch: mine.epoch - 1 }, position, 2)).toBe(false);
  expect(await store.takeOffRetry(mine, position, 2)).toBe(true);
  expect(await attempts()).toEqual([[position, 2]]);
  expect(await store.takeOffRetry(mine, position, 9)).toBe(true);
  expect(await attempts()).toEqual([[position, 0]]);
  expect(await store.takeOffRetry(mine, position + 1, 1)).toBe(false);
});

test('counts an attempt on a parked event, and finds whose its lane is, in one statement', async () => {
  const { mine, key, position, attempts } = await parkNext();
  const real = session();
  let statements = 0;
  const query: Session['query'] = async (statement) => {
    statements += 1;
    if (statements > 1) throw new Error('Connection terminated unexpectedly');
    return real.query(statement);
  };
  expect(await createLaneStore({ ...real, query }, 'w').noteRetry(mine, key, position, 10)).toEqual({ fenced: null });
  expect(await attempts()).toEqual([[position, 2]]);
});

const untilWaiting = (count: number) => {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return vi.waitFor(async () => expect(await database.rows(waits)).toHaveLength(count), { timeout: 20_000 });
};

test('counts no attempt on a parked event where the lane was taken over while it waited for its lock', async () => {
  const { mine, key, position, attempts } = await parkNext();
  const owner = await database.pool.connect();
  try {
    await owner.query('begin');
    await owner.query(`update checkpoints set epoch = epoch + 1 where processor = 'timelines'`);
    const noting = createLaneStore(session(), 'w').noteRetry(mine, key, position, 10);
    await untilWaiting(1);
    await owner.query('commit');
    expect(await noting).toEqual({ fenced: { position, epoch: mine.epoch + 1 } });
  } finally {
    owner.release();
  }
  expect(await attempts()).toEqual([[position, 1]]);
});

describe('a count whose connection is lost while it waits for the lock, and that is carried out after all, is taken off', () => {
  /** Its server does not look whether we are still there. */
  const lostWhileWaiting = async (count: (store: LaneStore) => Promise<unknown>) => {
    const mine = session();
    await (await mine.client()).query('set client_connection_check_interval = 0');
    const holder = await database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query(`select from checkpoints where processor = 'timelines' for no key update`);
      const counting = count(createLaneStore(mine, 'w'));
      counting.catch(() => {});
      await untilWaiting(1);
      cutOff(await mine.client());
      await untilWaiting(2);
      await holder.query('commit');
      await expect(counting).rejects.toThrow('Connection terminated');
    } finally {
      holder.release(true);
    }
  };

  test('on a parked event', async () => {
    const { mine, key, position, store, attempts } = await parkNext();
    const survived = createSurvivedAttempts();
    const head = (await store.loadParked(mine, key, 10, 1e9)).find((one) => one.position === position)!;
    await lostWhileWaiting((lossy) => countRetry({ tenure: mine, key, store: lossy, survived }, head, 10));
    expect(await attempts()).toContainEqual([position, 2]);
    await survived.interrupted();
    expect(await attempts()).toContainEqual([position, 1]);
  });

  test('on an event of a lane that goes one at a time', async () => {
    const { mine, position, store } = await parkNext();
    const survived = createSurvivedAttempts();
    const next = position + 1;
    await store.noteAttempt(mine, next);
    const before = await store.attempt(mine);
    await lostWhileWaiting((lossy) => countAttempt({ tenure: mine, store: lossy, survived }, next, before));
    expect(await store.attempt(mine)).toEqual({ position: next, count: 2 });
    await survived.interrupted();
    expect(await store.attempt(mine)).toEqual(before);
  });
});
