// What a lane of a team's own processor that goes one event at a time has counted after trouble with storage: the deaths of its process, no more and no fewer.
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import type { TaskEnd } from './handler-thread.ts';
import { keyName, newKeyState } from './key-order.ts';
import type { DecideInside, LaneStore } from './lane-store.ts';
import { createLaneTurn } from './lane-turn.ts';
import { createOrderedLane } from './ordered-lane.ts';
import type { OwnRules } from './own-rules.ts';
import type { OrderedProcessor } from './processor.ts';
import { serveThread } from './serve-thread.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { FromThread, Task } from './thread-protocol.ts';
import { noThrottle } from './token-bucket.ts';

const tenure: Tenure = { processor: 'ledger', version: 1, lane: 0, epoch: 3 };
const timedOut: Failure = { code: 'handler_timeout', message: 'too long', errorType: 'timeout' };
const lockTimeout = () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
const connectionLost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });

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

type Trouble = {
  /** With the statement that counts; `isCountedFirst`: it is carried out all the same. */
  note?: () => Error;
  isCountedFirst?: boolean;
  /** With the transaction that user code writes in. */
  decide?: () => Error;
  /** With every look at the attempt, and with taking it off. */
  isGone?: boolean;
};

/** The checkpoint's row after so many attempts on the event. */
const createLane = (attempts: number) => {
  const row = { position: attempts === 0 ? null : 5, count: attempts };
  const trouble: Trouble = {};
  const reached = () => {
    if (trouble.isGone) throw connectionLost();
  };
  const store = {
    attempt: async () => {
      reached();
      return { ...row };
    },
    loadKeys: async () => new Map([[keyName(event), newKeyState(event)]]),
    noteAttempt: async (_tenure: unknown, position: number) => {
      const count = () => Object.assign(row, { position, count: row.position === position ? row.count + 1 : 1 });
      if (trouble.note === undefined) return { count: count().count };
      if (trouble.isCountedFirst) count();
      throw trouble.note();
    },
    takeOffAttempts: async (_tenure: unknown, position: number, count: number | null) => {
      reached();
      if (row.position !== position) return false;
      row.count = Math.max(0, row.count - (count ?? row.count));
      row.position = row.count === 0 ? null : position;
      return true;
    },
    decide: async (_tenure: unknown, _expected: number, decide: DecideInside<null>) => {
      if (trouble.decide) throw trouble.decide();
      const settlement = await decide({} as never);
      if (settlement === null) return null;
      Object.assign(row, { position: null, count: 0 });
      return { outcome: 'advanced', found: { position: 4, epoch: 3 }, books: noBooks, holdings: { parked: 1, pending: 0 } };
    },
  };
  return { row, trouble, store: store as unknown as LaneStore };
};

const rules: OwnRules = {
  use: () => {},
  isEnough: () => false,
  begin: () => {},
  isOrdered: true,
  takesNumbers: false,
  policy: { attempts: 1, retryMs: 1 },
  action: 'park',
  isShed: () => false,
};

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

const startThread = (store: LaneStore, called: () => void) => {
  const { port1: mine, port2: theirs } = new MessageChannel();
  open.push({ [Symbol.dispose]: () => mine.close() });
  const handle = () => {
    called();
    return null;
  };
  const processor: OrderedProcessor<null> = { kind: 'ordered', name: 'ledger', version: 1, handle, apply: async () => 0, own: rules };
  let end = Promise.withResolvers<TaskEnd>();
  mine.on('message', (message: FromThread) => {
    if (message.type === 'may-write') mine.postMessage({ type: 'go', changed: [] });
    if (message.type === 'report' || message.type === 'error') {
      const { type, ...rest } = message;
      end.resolve({ kind: type, ...rest } as TaskEnd);
    }
  });
  serveThread(theirs, {
    processorOf: async () => processor,
    stream: { read: async () => [event], heads: () => Promise.reject(new Error('no')) },
    store,
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    policy: rules.policy,
    maxBytes: 1e6,
    nowMs: () => 1000,
    turn: null,
  });
  return (task: Task): Promise<TaskEnd> => {
    end = Promise.withResolvers<TaskEnd>();
    mine.postMessage({ type: 'task', task });
    return end.promise;
  };
};

type Starting = { readonly culprit?: Failure | null; readonly room?: number; readonly threadCount?: number };

/** A lane whose tasks go to its threads by turns. `culprit`: its first task took the thread with it. */
const startLane = ({ store }: ReturnType<typeof createLane>, { culprit = null, room = 10, threadCount = 2 }: Starting = {}) => {
  let calls = 0;
  const threads = Array.from({ length: threadCount }, () => startThread(store, () => (calls += 1)));
  const failures: Failure[] = [];
  let ended = culprit;
  const run = async (task: Task): Promise<TaskEnd> => {
    if (ended !== null) {
      const failure = ended;
      ended = null;
      return { kind: 'ended', culprit: { position: 5, failure }, message: failure.message };
    }
    threads.push(threads.shift()!);
    return threads[0]!(task);
  };
  const lane = createOrderedLane({
    tenure,
    threads: { use: (work: (thread: never) => unknown) => work({ run } as never) } as unknown as ThreadPool,
    turn: createLaneTurn(),
    bucket: noThrottle,
    batchEvents: 10,
    bounds: { pendingEvents: 10, parkEvents: room, pendingPolicy: 'wait' },
    holdings: { parked: 0, pending: 0 },
    carefulUntil: 5,
    telemetry: {
      finished: (_tenure: unknown, batch: { failures: readonly { failure: Failure }[] }) =>
        void failures.push(...batch.failures.map(({ failure }) => failure)),
      interrupted: () => {},
      handlerKilled: () => {},
      blocked: () => {},
    } as unknown as WorkerTelemetry,
    recordFenced: () => Promise.resolve(),
    onParked: () => {},
    skipOldestGap: () => Promise.resolve(false),
  });
  const look = () => lane.runBatch({ position: 4, head: 5, drain: false }, new AbortController().signal);
  return { look, failures, calls: () => calls };
};

test('an attempt that was not counted, as its statement waited for a lock for too long, is not taken off', async () => {
  const made = createLane(2);
  made.trouble.note = lockTimeout;
  const { look, calls } = startLane(made);
  for (let looks = 1; looks <= 3; looks += 1) await look();
  expect([made.row, calls()]).toEqual([{ position: 5, count: 2 }, 0]);
});

test.each([
  ['was not carried out', false],
  ['was carried out', true],
])('an attempt whose answer is lost changes nothing once storage says that it %s', async (_what, isCountedFirst) => {
  const made = createLane(2);
  Object.assign(made.trouble, { note: connectionLost, isCountedFirst });
  await startLane(made).look();
  expect(made.row).toEqual({ position: 5, count: 2 });
});

test('an event that killed nothing is not convicted of attempts whose answers were lost with the connection', async () => {
  const made = createLane(0);
  const { look, calls, failures } = startLane(made, { threadCount: 1 });
  const { store, trouble } = made;
  const attempt = store.attempt.bind(store);
  // The connection goes with the statement that counts, and comes back with the next task.
  Object.assign(store, {
    loadKeys: async () => (Object.assign(trouble, { isGone: false }), new Map([[keyName(event), newKeyState(event)]])),
  });
  Object.assign(trouble, { note: () => (Object.assign(trouble, { isGone: true }), connectionLost()), isCountedFirst: true });
  for (let looks = 1; looks <= 4; looks += 1) await look();
  Object.assign(trouble, { note: undefined, isGone: false });
  expect((await attempt(tenure)).count).toBeGreaterThan(0);
  await look();
  expect([failures, calls()]).toEqual([[], 1]);
});

test.each([
  ['trouble with storage', lockTimeout],
  ['a lost connection', connectionLost],
])('the attempt that took its thread with it is taken off once, however often %s ends what follows', async (_what, decide) => {
  const made = createLane(3);
  made.trouble.decide = decide;
  const { look, failures } = startLane(made, { culprit: timedOut });
  for (let looks = 1; looks <= 4; looks += 1) await look();
  expect(made.row).toEqual({ position: 5, count: 2 });
  delete made.trouble.decide;
  await look();
  expect(failures).toEqual([timedOut]);
});

test('the attempt that took its thread with it is taken off once, also where storage could not do so at first', async () => {
  const made = createLane(3);
  Object.assign(made.trouble, { decide: () => (Object.assign(made.trouble, { isGone: true }), lockTimeout()) });
  const { look } = startLane(made, { culprit: timedOut });
  for (let looks = 1; looks <= 4; looks += 1) {
    await look();
    Object.assign(made.trouble, { isGone: false });
  }
  expect(made.row).toEqual({ position: 5, count: 3 });
  made.trouble.decide = lockTimeout;
  for (let looks = 1; looks <= 4; looks += 1) await look();
  expect(made.row).toEqual({ position: 5, count: 2 });
});

test('the attempt that took its thread with it is taken off once, however long a full park holds the lane up', async () => {
  const made = createLane(3);
  const { look } = startLane(made, { culprit: timedOut, room: 1 });
  for (let looks = 1; looks <= 4; looks += 1) await look();
  expect(made.row).toEqual({ position: 5, count: 2 });
});
