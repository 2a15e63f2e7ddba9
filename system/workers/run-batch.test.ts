// What a lane that goes one event at a time counts of a task that has to decide more than once: deaths of the process, and nothing else.
import { expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import { keyName, newKeyState } from './key-order.ts';
import type { LaneStore } from './lane-store.ts';
import type { HandledEvent } from './processor.ts';
import { runBatch } from './run-batch.ts';
import type { Settlement } from './settlement.ts';
import { createSurvivedAttempts } from './survived-attempts.ts';
import type { ThreadContext } from './thread-context.ts';
import type { KnownFailure } from './thread-protocol.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 1 };
const timedOut: Failure = { code: 'handler_timeout', message: 'too long', errorType: null };

const event: LogEvent = {
  lane: 0,
  position: 5,
  id: 5,
  tenant: 'default',
  systemName: 'shop',
  objectId: 'o',
  eventName: 'e',
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(0),
  body: '{}',
  traceparent: null,
};

type Trouble = { readonly refuses?: boolean; readonly isAway?: boolean };

/** The checkpoint's row after so many attempts on the event, and a database that may refuse what its handler made. */
const createLane = (attempts: number, { refuses = false, isAway = false }: Trouble) => {
  const row = { position: attempts === 0 ? null : 5, count: attempts };
  const store = {
    attempt: async () => ({ ...row }),
    loadKeys: async () => new Map([[keyName(event), newKeyState(event)]]),
    noteAttempt: async (_tenure: unknown, position: number) => {
      Object.assign(row, { position, count: row.position === position ? row.count + 1 : 1 });
      return { count: row.count };
    },
    takeOffAttempts: async (_tenure: unknown, _position: number, count: number) => {
      row.count -= count;
      return true;
    },
    settle: async (_tenure: unknown, _expected: number, { applied }: Settlement<null>) => {
      if (isAway) throw new Error('canceling statement due to lock timeout');
      if (refuses && applied.length > 0) throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
      return { outcome: 'advanced', found: { position: 4, epoch: 1 }, books: noBooks, holdings: { parked: 1, pending: 0 } };
    },
    findRefused: async (handled: readonly HandledEvent<null>[]) =>
      new Map(handled.map(({ event: { position } }) => [position, { code: 'data_refused', message: 'no', errorType: '22021' }])),
  };
  return { row, store: store as unknown as LaneStore };
};

const tried = async ({ store }: ReturnType<typeof createLane>, known: readonly KnownFailure[] = []) => {
  const survived = createSurvivedAttempts();
  const context: ThreadContext<object> = {
    processor: { kind: 'ordered', name: 'timelines', version: 1, handle: () => ({}), apply: async () => 1 },
    stream: { read: async () => [event], heads: () => Promise.reject(new Error('no')) },
    store,
    survived,
    policy: { attempts: 1, retryMs: 1 },
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    maxBytes: 1e6,
    nowMs: () => 1000,
    turn: null,
    unheard: () => {},
    mayWrite: async () => [],
  };
  const room = { early: 10, parked: 10 };
  try {
    const task = { kind: 'batch', tenure, position: 4, limit: 1, head: 5, known, room, carefulUntil: 5 } as const;
    return await runBatch(task, context);
  } catch {
    await survived.interrupted();
    return null;
  }
};

test('an event that the database refuses after two deaths is refused, and is no third death and a fourth', async () => {
  const lane = createLane(2, { refuses: true });
  expect(await tried(lane)).toMatchObject({ failures: [{ position: 5, failure: { code: 'data_refused' } }] });
  expect(lane.row).toEqual({ position: 5, count: 3 });
});

test('an event that took its thread with it after two deaths of the process is told of by what it did then', async () => {
  const lane = createLane(3, {});
  expect(await tried(lane, [{ position: 5, failure: timedOut }])).toMatchObject({ failures: [{ failure: { code: 'handler_timeout' } }] });
});

test('where trouble with storage ends the task after it, the attempt that took the thread with it is none', async () => {
  const lane = createLane(3, { isAway: true });
  expect(await tried(lane, [{ position: 5, failure: timedOut }])).toBeNull();
  expect(lane.row.count).toBe(2);
});

test('an attempt that took the thread with it, and was taken off, is not taken off again', async () => {
  const lane = createLane(2, { isAway: true });
  expect(await tried(lane, [{ position: 5, failure: timedOut, isTakenOff: true }])).toBeNull();
  expect(lane.row.count).toBe(2);
});

test('three deaths convict', async () => {
  expect(await tried(createLane(3, {}))).toMatchObject({ failures: [{ failure: { code: 'handler_crashed_process' } }] });
});
