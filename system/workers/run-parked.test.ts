// Retries of a parked key that trouble with storage interrupts: what is counted of them is what the process after a restart, or another thread, goes by.
import { expect, test } from 'vitest';
import { newKeyState, keyName } from './key-order.ts';
import type { EventTransactions } from './event-transaction.ts';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { DecideInside, LaneStore, ParkedEvent } from './lane-store.ts';
import type { OwnRules } from './own-rules.ts';
import type { OrderedProcessor } from './processor.ts';
import { runRetry } from './run-parked.ts';
import type { Settlement } from './settlement.ts';
import { createSurvivedAttempts, type SurvivedAttempts } from './survived-attempts.ts';
import type { ThreadContext } from './thread-context.ts';

const tenure: Tenure = { processor: 'p', version: 1, lane: 0, epoch: 1 };
const key = { tenant: 'default', systemName: 'shop', objectId: 'o' };
const policy = { attempts: 3, retryMs: 1 };
const thrown = { code: 'handler_threw' as const, message: 'no', errorType: null };

const parkedAt = (position: number, attempts: number): ParkedEvent => ({
  ...key,
  lane: 0,
  position,
  id: position,
  eventName: 'e',
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: '{}',
  traceparent: null,
  attempts,
  failure: thrown,
});

/** As the table counts them. While storage `isAway` nothing is settled; while it `isGone` nothing is taken off either. */
const createPark = (given: readonly ParkedEvent[]) => {
  const rows = new Map(given.map((event) => [event.position, event]));
  const add = (position: number, count: number) => {
    const row = rows.get(position);
    if (row !== undefined) rows.set(position, { ...row, attempts: Math.max(0, row.attempts + count) });
    return row !== undefined;
  };
  const park = { isAway: false, isGone: false };
  const write = (settlement: Settlement<unknown>) => {
    if (park.isAway) throw new Error('canceling statement due to lock timeout');
    for (const position of settlement.doneParked) rows.delete(position);
    for (const { position, attempts, failure } of settlement.failedAgain) rows.set(position, { ...rows.get(position)!, attempts, failure });
    return { outcome: 'advanced', found: { position: 9, epoch: 1 }, books: noBooks, holdings: { parked: rows.size, pending: 0 } };
  };
  const store = {
    loadParked: async (_tenure: unknown, _key: unknown, _limit: number, _bytes: number, order: string) =>
      [...rows.values()].toSorted((one, other) =>
        order === 'position' ? one.position - other.position : one.attempts - other.attempts || one.position - other.position,
      ),
    loadKeys: async () => new Map([[keyName(key), newKeyState(key)]]),
    loadEarly: async () => [],
    noteRetry: async (_tenure: unknown, _key: unknown, position: number) => {
      add(position, 1);
      return { fenced: null };
    },
    countedRetries: async (_lane: unknown, position: number) => rows.get(position)?.attempts ?? 0,
    takeOffRetry: async (_tenure: unknown, position: number, count: number) => {
      if (park.isGone) throw new Error('storage is away');
      return add(position, -count);
    },
    settle: async (_tenure: unknown, _expected: null, settlement: Settlement<unknown>) => write(settlement),
    decide: async (_tenure: unknown, _expected: null, decide: DecideInside<unknown>) => {
      const settlement = await decide({} as EventTransactions);
      return settlement === null ? null : write(settlement);
    },
  };
  return { park, rows, store: store as unknown as LaneStore };
};

type Place = Omit<ReturnType<typeof createPark>, 'park'>;

const unordered: OwnRules = {
  use: () => {},
  isEnough: () => false,
  begin: () => {},
  isOrdered: false,
  takesNumbers: false,
  policy,
  action: 'park',
  isShed: () => false,
};

type Retrying = { readonly own?: OwnRules; readonly onTried?: (position: number) => void };

/** As a thread does it: null where storage was in the way. */
const retried = async ({ store }: Place, survived: SurvivedAttempts, { own, onTried }: Retrying = {}) => {
  const handle = ({ position }: { position: number }) => {
    onTried?.(position);
    return null;
  };
  const processor: OrderedProcessor<null> = { kind: 'ordered', name: 'p', version: 1, handle, apply: async () => 0, ...(own && { own }) };
  const context: ThreadContext<null> = {
    processor,
    store,
    policy,
    survived,
    stream: { read: () => Promise.reject(new Error('no')), heads: () => Promise.reject(new Error('no')) },
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    maxBytes: 1e6,
    nowMs: () => 1000,
    turn: null,
    unheard: () => {},
    mayWrite: async () => [],
  };
  try {
    const report = await runRetry({ kind: 'retry', tenure, key, known: [], counted: false }, context);
    survived.settled();
    return report;
  } catch {
    await survived.interrupted();
    return null;
  }
};

test('retries that trouble with storage interrupts are no deaths, also for the process after a restart', async () => {
  const place = createPark([parkedAt(4, 1)]);
  place.park.isAway = true;
  for (let retry = 1; retry <= 5; retry += 1) expect(await retried(place, createSurvivedAttempts())).toBeNull();
  expect(place.rows.get(4)).toMatchObject({ attempts: 1 });
  place.park.isAway = false;
  expect(await retried(place, createSurvivedAttempts())).toMatchObject({ outcome: 'advanced', failures: [] });
  expect(place.rows.size).toBe(0);
});

test('what storage could not take off is known by the thread, and goes with the next', async () => {
  const place = createPark([parkedAt(4, 1)]);
  const survived = createSurvivedAttempts();
  Object.assign(place.park, { isAway: true, isGone: true });
  for (let retry = 1; retry <= 5; retry += 1) expect(await retried(place, survived)).toBeNull();
  expect(place.rows.get(4)).toMatchObject({ attempts: 6 });
  place.park.isGone = false;
  expect(await retried(place, survived)).toBeNull();
  expect(place.rows.get(4)).toMatchObject({ attempts: 1 });
});

type Loss = { readonly code: string; readonly isCounted: boolean; readonly isAway?: boolean };

/** Counts, or does not, and says that it could not; then what is counted can't be had either where storage `isAway`. */
const losing = ({ rows, store }: Place, { code, isCounted, isAway = false }: Loss): Place => {
  const lossy = {
    ...store,
    noteRetry: async (...retry: Parameters<LaneStore['noteRetry']>) => {
      if (isCounted) await store.noteRetry(...retry);
      throw Object.assign(new Error('no'), { code });
    },
    countedRetries: async (...event: Parameters<LaneStore['countedRetries']>) => {
      if (isAway) throw new Error('storage is away');
      return store.countedRetries(...event);
    },
  };
  return { rows, store: lossy };
};

test.each([
  ['waited too long for a lock', { code: '55P03', isCounted: false }, 2],
  ['lost its connection before it was carried out', { code: 'ECONNRESET', isCounted: false }, 2],
  ['lost its answer', { code: 'ECONNRESET', isCounted: true }, 2],
  ['lost its answer, while nothing can be looked up', { code: 'ECONNRESET', isCounted: true, isAway: true }, 2],
  ['may have been carried out, as nothing can be looked up,', { code: 'ECONNRESET', isCounted: false, isAway: true }, 1],
])('a count that %s is no death for the process after a restart', async (_what, loss, attempts) => {
  for (const own of [undefined, unordered]) {
    const place = createPark([parkedAt(4, 2), parkedAt(5, 2)]);
    const onTried = () => expect.unreachable();
    expect(await retried(losing(place, loss), createSurvivedAttempts(), { onTried, ...(own && { own }) })).toBeNull();
    expect([...place.rows.values()]).toMatchObject([
      { position: 4, attempts },
      { position: 5, attempts: 2 },
    ]);
  }
});

test('a count whose answer was lost is not taken off an event that is not parked any more', async () => {
  const { rows, store } = createPark([parkedAt(4, 1)]);
  const countedRetries: LaneStore['countedRetries'] = async (...event) => (rows.clear(), store.countedRetries(...event));
  const place = losing({ rows, store: { ...store, countedRetries } }, { code: 'ECONNRESET', isCounted: true });
  const survived = createSurvivedAttempts();
  expect(await retried(place, survived)).toBeNull();
  expect(survived.of(tenure, 4)).toBe(0);
});

test('attempts that nobody took off are deaths', async () => {
  const place = createPark([parkedAt(4, 3)]);
  expect(await retried(place, createSurvivedAttempts())).toMatchObject({ failures: [{ failure: { code: 'handler_crashed_process' } }] });
});

test.each([
  ['takes them off', false],
  ['can take nothing off', true],
])('without order an event that trouble interrupted is no dead letter, where storage %s', async (_what, isGone) => {
  const { park, ...place } = createPark([parkedAt(4, 1)]);
  const survived = createSurvivedAttempts();
  Object.assign(park, { isAway: true, isGone });
  for (let retry = 1; retry <= 5; retry += 1) expect(await retried(place, survived, { own: unordered })).toBeNull();
  park.isAway = false;
  await retried(place, survived, { own: unordered });
  expect(place.rows.size).toBe(0);
});

test('without order an event that kills its process, and never came to a failure, is a dead letter for it', async () => {
  const place = createPark([{ ...parkedAt(4, 3), failure: null }]);
  const report = await retried(place, createSurvivedAttempts(), { own: unordered });
  expect(report).toMatchObject({ failures: [{ position: 4, failure: { code: 'handler_crashed_process' }, end: 'dead_letter' }] });
  expect(place.rows.get(4)).toMatchObject({ failure: { code: 'handler_crashed_process' } });
});

test('without order an event that trouble interrupts each time keeps no other of its key from its turn', async () => {
  const { park, ...place } = createPark([parkedAt(4, 0), parkedAt(5, 1), parkedAt(6, 2)]);
  const survived = createSurvivedAttempts();
  const onTried = (position: number) => void (park.isAway = position === 4);
  for (let retry = 1; retry <= 6; retry += 1) await retried(place, survived, { own: unordered, onTried });
  expect([...place.rows.values()]).toMatchObject([{ position: 4, attempts: 0 }]);
});

test('an event that an operator replays has all its attempts before it, whatever a thread remembers', async () => {
  const { park, ...place } = createPark([parkedAt(4, 1)]);
  const survived = createSurvivedAttempts();
  Object.assign(park, { isAway: true, isGone: true });
  for (let retry = 1; retry <= 2; retry += 1) await retried(place, survived);
  place.rows.set(4, parkedAt(4, 0));
  Object.assign(park, { isAway: false, isGone: false });
  const onTried = () => {
    throw new Error('no');
  };
  await retried(place, survived, { onTried });
  expect(place.rows.get(4)).toMatchObject({ attempts: 1 });
});
