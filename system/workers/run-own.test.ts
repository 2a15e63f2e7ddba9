// What a lane of a team's own processor that goes one event at a time has counted after trouble with storage: the deaths of its process, no more and no fewer.
import { afterEach, expect, test } from 'vitest';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import type { TaskEnd } from './handler-thread.ts';
import { keyName, newKeyState } from './key-order.ts';
import type { DecideInside, LaneStore } from './lane-store.ts';
import type { OrderedProcessor } from './processor.ts';
import { connectionLost, createLaneOf, eventAt, parkingRules, type RunTask, startThread } from './testing/simulated-lane.ts';
import type { Task } from './thread-protocol.ts';

const tenure: Tenure = { processor: 'ledger', version: 1, lane: 0, epoch: 3 };
const timedOut: Failure = { code: 'handler_timeout', message: 'too long', errorType: 'timeout' };
const lockTimeout = () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

const event = eventAt(5);

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
    countedAttempts: async (_lane: unknown, position: number) => {
      reached();
      return row.position === position ? row.count : 0;
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

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

const startLedger = (store: LaneStore, called: () => void): RunTask => {
  const handle = () => {
    called();
    return null;
  };
  const own = parkingRules;
  const processor: OrderedProcessor<null> = { kind: 'ordered', name: 'ledger', version: 1, handle, apply: async () => 0, own };
  const thread = startThread({ processor, events: [event], store });
  open.push(thread);
  return thread.run;
};

type Starting = { readonly culprit?: Failure | null; readonly room?: number; readonly threadCount?: number };

/** A lane whose tasks go to its threads by turns. `culprit`: its first task took the thread with it. */
const startLane = ({ store }: ReturnType<typeof createLane>, { culprit = null, room = 10, threadCount = 2 }: Starting = {}) => {
  let calls = 0;
  const threads = Array.from({ length: threadCount }, () => startLedger(store, () => (calls += 1)));
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
  const lane = createLaneOf({
    tenure,
    run,
    parkEvents: room,
    carefulUntil: 5,
    telemetry: {
      finished: (_tenure, batch) => void failures.push(...batch.failures.map(({ failure }) => failure)),
      interrupted: () => {},
      handlerKilled: () => {},
      blocked: () => {},
    },
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
