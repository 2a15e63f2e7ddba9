import { expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { Fenced } from './call-handler.ts';
import { createCarefulHandler, type CarefulOptions } from './careful-handler.ts';
import { createSurvivedAttempts, type SurvivedAttempts } from './survived-attempts.ts';

const tenure = { processor: 'p', version: 1, lane: 0, epoch: 1 };
const event = (position: number) => ({ position }) as LogEvent;
const call = () => ({ effect: 'done' });

/** As the checkpoint row counts them: another position begins anew. */
const createRow = (position: number | null = null, count = 0) => {
  const row = { position, count };
  return {
    row,
    attempt: async () => ({ ...row }),
    noteAttempt: async (_tenure: unknown, at: number) => {
      row.count = row.position === at ? row.count + 1 : 1;
      row.position = at;
      return { count: row.count };
    },
    countedAttempts: async (_lane: unknown, at: number) => (row.position === at ? row.count : 0),
    takeOffAttempts: async (_tenure: unknown, at: number, count: number | null) => {
      if (row.position !== at) return false;
      row.count = Math.max(0, row.count - (count ?? row.count));
      row.position = row.count === 0 ? null : at;
      return true;
    },
  };
};

type Looking = Partial<Pick<CarefulOptions<string>, 'unit' | 'survivedAttempts' | 'counted' | 'known'>>;

const handlerOf = (store: ReturnType<typeof createRow>, looking: Looking = {}) =>
  createCarefulHandler({
    tenure,
    store,
    call,
    attempt: { ...store.row },
    survivedAttempts: createSurvivedAttempts(),
    unit: new Set([5]),
    counted: new Map(),
    known: new Map(),
    ...looking,
  });

const lookedAt = (store: ReturnType<typeof createRow>, survivedAttempts: SurvivedAttempts) =>
  handlerOf(store, { survivedAttempts })(event(5));

test('trouble with storage is no death, also for the process, or the thread, that looks next', async () => {
  const store = createRow();
  const [one, other] = [createSurvivedAttempts(), createSurvivedAttempts()];
  for (let look = 1; look <= 4; look += 1)
    for (const thread of [one, other]) {
      expect(await lookedAt(store, thread)).toEqual({ effect: 'done' });
      await thread.interrupted();
    }
  expect(await lookedAt(store, createSurvivedAttempts())).toEqual({ effect: 'done' });
  expect(store.row).toEqual({ position: 5, count: 1 });
});

test('trouble with storage between them forgets no death', async () => {
  const store = createRow();
  for (let death = 1; death <= 3; death += 1) {
    const thread = createSurvivedAttempts();
    await lookedAt(store, thread);
    await thread.interrupted();
    await lookedAt(store, thread);
  }
  expect(await lookedAt(store, createSurvivedAttempts())).toMatchObject({ failure: { code: 'handler_crashed_process' } });
});

test('what was survived is not remembered of an attempt that is not stored any more, and is where it stands under another epoch', async () => {
  const [store, thread] = [createRow(), createSurvivedAttempts()];
  await lookedAt(store, thread);
  // Another thread of this lane settled it, or counted another event.
  Object.assign(store.row, { position: 9, count: 1 });
  await thread.interrupted();
  expect(thread.of(tenure, 5)).toBe(0);
  await lookedAt({ ...store, takeOffAttempts: async () => false }, thread);
  await thread.interrupted();
  expect([thread.of(tenure, 5), store.row]).toEqual([1, { position: 5, count: 1 }]);
});

test.each([
  ['waited too long for a lock', '55P03', false],
  ['lost its connection before it was carried out', 'ECONNRESET', false],
  ['lost its answer', 'ECONNRESET', true],
])('a count that %s leaves what was stored before it', async (_what, code, isCounted) => {
  const store = createRow(5, 2);
  const thread = createSurvivedAttempts();
  const noteAttempt = async (of: unknown, position: number) => {
    if (isCounted) await store.noteAttempt(of, position);
    throw Object.assign(new Error('no'), { code });
  };
  await expect(lookedAt({ ...store, noteAttempt }, thread)).rejects.toThrow('no');
  await thread.interrupted();
  expect(store.row).toEqual({ position: 5, count: 2 });
});

test('an event may be alone for three deaths, and is parked without a fourth', async () => {
  const store = createRow();
  const unit = new Set([5]);
  for (let death = 1; death <= 3; death += 1) {
    const handle = handlerOf(store, { unit });
    expect(await handle(event(5))).toEqual({ effect: 'done' });
  }
  const handle = handlerOf(store, { unit });
  expect(await handle(event(5))).toMatchObject({ failure: { code: 'handler_crashed_process' } });
});

test('an early event that is drained is counted for itself, not for what it waited for', async () => {
  const store = createRow();
  const unit = new Set([9, 4]);
  for (let death = 1; death <= 3; death += 1) {
    const handle = handlerOf(store, { unit });
    await handle(event(9));
    await handle(event(4));
    expect(store.row).toEqual({ position: 4, count: death });
  }
  const handle = handlerOf(store, { unit });
  expect(await handle(event(9))).toEqual({ effect: 'done' });
  expect(await handle(event(4))).toMatchObject({ failure: { code: 'handler_crashed_process' } });
});

test('an attempt that the epoch refuses is no attempt', async () => {
  const store = { ...createRow(), noteAttempt: async () => ({ fenced: { position: 3, epoch: 2 } }) };
  const handle = createCarefulHandler({
    tenure,
    survivedAttempts: createSurvivedAttempts(),
    store,
    call,
    attempt: store.row,
    unit: new Set([5]),
    counted: new Map(),
    known: new Map(),
  });
  await expect(handle(event(5))).rejects.toThrow(Fenced);
});

test('an event that a task decides anew, as another was refused, is counted once', async () => {
  const store = createRow();
  const counted: CarefulOptions<string>['counted'] = new Map();
  const unit = new Set([5, 6]);
  for (let decision = 1; decision <= 4; decision += 1) {
    const handle = handlerOf(store, { counted, unit });
    await handle(event(6));
    expect(await handle(event(5))).toEqual({ effect: 'done' });
  }
  expect(store.row).toEqual({ position: 5, count: 1 });
});

test('an event that was convicted is not called when its task decides anew, as another was refused', async () => {
  const store = createRow(5, 3);
  const counted: CarefulOptions<string>['counted'] = new Map();
  for (let decision = 1; decision <= 2; decision += 1)
    expect(await handlerOf(store, { counted })(event(5))).toMatchObject({ failure: { code: 'handler_crashed_process' } });
});
