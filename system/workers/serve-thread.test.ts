// What a thread and its lane report of a batch whose commit is not answered: the first attempt's decisions, once, where it was carried out.
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { LogEvent } from '../stream/stream.ts';
import { compareCheckpoint, noBooks, type Tenure } from './checkpoint.ts';
import type { TaskEnd } from './handler-thread.ts';
import { newKeyState, keyName } from './key-order.ts';
import type { EventTransactions } from './event-transaction.ts';
import type { DecideInside, LaneStore } from './lane-store.ts';
import { createLaneTurn } from './lane-turn.ts';
import { noteLostAnswer } from './lost-answer.ts';
import { createOrderedLane } from './ordered-lane.ts';
import type { OwnRules } from './own-rules.ts';
import type { OrderedProcessor } from './processor.ts';
import type { Settlement } from './settlement.ts';
import { serveThread } from './serve-thread.ts';
import type { FinishedBatch } from './telemetry-parts.ts';
import type { WorkerTelemetry } from './telemetry.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { FromThread, Task } from './thread-protocol.ts';
import { noThrottle } from './token-bucket.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 3 };
const connectionLost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const eventAt = (position: number): LogEvent => ({
  lane: 0,
  position,
  id: position,
  tenant: 'default',
  systemName: 'shop',
  objectId: `o-${position}`,
  eventName: 'e',
  idempotencyKey: null,
  sequence: null,
  eventTime: new Date(0),
  eventTimeSource: 'client',
  receivedAt: new Date(position),
  body: '{}',
  traceparent,
});

type Step = 'heard' | 'unheard' | 'undone' | 'away';

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

/** A database of one lane, whose second event is always refused by its handler. */
const createStore = (steps: Step[]) => {
  let position = 0;
  const store = {
    loadKeys: (_lane: unknown, keys: readonly LogEvent[]) => Promise.resolve(new Map(keys.map((key) => [keyName(key), newKeyState(key)]))),
    settle: (of: Tenure, expected: number, settlement: Settlement<unknown>) => store.decide(of, expected, async () => settlement),
    decide: async (_tenure: Tenure, expected: number, decide: DecideInside<unknown>) => {
      const step = steps.shift() ?? 'heard';
      if (step === 'away') throw connectionLost();
      const found = { position, epoch: 3 };
      const outcome = compareCheckpoint(found, { position: expected, epoch: 3 });
      const settled = { outcome, found, books: noBooks, holdings: { parked: 1, pending: 0 } };
      if (outcome !== 'advanced') return settled;
      const settlement = await decide({} as EventTransactions);
      if (step !== 'undone') position = settlement?.toPosition ?? position;
      return step === 'heard' ? settled : noteLostAnswer(connectionLost());
    },
  };
  return store as unknown as LaneStore;
};

const start = (steps: Step[], { failAlways = true, own }: { failAlways?: boolean; own?: OwnRules } = {}) => {
  const { port1: mine, port2: theirs } = new MessageChannel();
  open.push({ [Symbol.dispose]: () => mine.close() });
  let handled = 0;
  const handle = (event: LogEvent) => {
    handled += 1;
    if (event.position === 2 && (failAlways || handled <= 2)) throw new Error('never');
    return null;
  };
  const processor: OrderedProcessor<null> = {
    kind: 'ordered',
    name: 'timelines',
    version: 1,
    handle,
    apply: () => Promise.resolve(0),
    ...(own && { own }),
  };
  let end = Promise.withResolvers<TaskEnd>();
  mine.on('message', (message: FromThread) => {
    if (message.type === 'may-write') mine.postMessage({ type: 'go', changed: [] });
    if (message.type === 'report') end.resolve({ kind: 'report', report: message.report, takenOff: message.takenOff });
    if (message.type === 'error') {
      const { error, unheard, takenOff } = message;
      end.resolve({ kind: 'error', error, unheard, takenOff });
    }
  });
  serveThread(theirs, {
    processorOf: () => Promise.resolve(processor),
    stream: {
      read: async (_lane, after) => [1, 2, 3].filter((at) => at > after).map(eventAt),
      heads: () => Promise.reject(new Error('no')),
    },
    store: createStore(steps),
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    policy: { attempts: 1, retryMs: 1 },
    maxBytes: 1e6,
    nowMs: () => 1000,
    turn: null,
  });
  const run = (task: Task): Promise<TaskEnd> => {
    end = Promise.withResolvers<TaskEnd>();
    mine.postMessage({ type: 'task', task });
    return end.promise;
  };
  return runLane(run);
};

const runLane = async (run: (task: Task) => Promise<TaskEnd>) => {
  const told: FinishedBatch[] = [];
  let parked = 0;
  const lane = createOrderedLane({
    tenure,
    threads: { use: (work: (thread: never) => unknown) => work({ run } as never) } as unknown as ThreadPool,
    turn: createLaneTurn(),
    bucket: noThrottle,
    batchEvents: 10,
    bounds: { pendingEvents: 10, parkEvents: 10, pendingPolicy: 'wait' },
    holdings: { parked: 0, pending: 0 },
    carefulUntil: null,
    telemetry: {
      finished: (_tenure: Tenure, batch: FinishedBatch) => void told.push(batch),
      interrupted: () => {},
    } as unknown as WorkerTelemetry,
    recordFenced: () => Promise.resolve(),
    onParked: () => (parked += 1),
    skipOldestGap: () => Promise.resolve(false),
  });
  let position = 0;
  for (let tries = 0; position < 3 && tries < 10; tries += 1) {
    const moved = await lane.runBatch({ position, head: 3, drain: false }, new AbortController().signal);
    if (moved.kind === 'moved') ({ position } = moved);
  }
  return { position, parked, told };
};

test.each([
  ['answered', ['heard']],
  ['carried out though its answer is lost, and found so at once', ['unheard']],
  ['carried out though its answer is lost, and found so once the database is back', ['unheard', 'away', 'away', 'away', 'heard']],
  ['not carried out, and done at the second try', ['undone']],
  ['not carried out, and carried out at the second try without an answer', ['undone', 'unheard', 'away', 'heard']],
] as const)('a batch is told of once where its commit is %s', async (_what, steps) => {
  const { position, parked, told } = await start([...steps]);
  expect([position, parked]).toEqual([3, 1]);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] });
  expect(told[0]!.traced.map(({ id }) => id)).toEqual([1, 3]);
});

test('what is told is what was written: the first attempt’s decisions, also where a second one decides otherwise', async () => {
  const { told } = await start(['unheard'], { failAlways: false });
  expect(told).toMatchObject([{ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] }]);
});

test('a batch of a team’s own processor is told of once too', async () => {
  const own: OwnRules = {
    use: () => {},
    isEnough: () => false,
    begin: () => {},
    isOrdered: true,
    takesNumbers: false,
    policy: { attempts: 1, retryMs: 1 },
    action: 'park',
    isShed: () => false,
  };
  const { position, told } = await start(['undone', 'unheard', 'away', 'heard'], { own });
  expect([position, told.length]).toEqual([3, 1]);
  expect(told[0]).toMatchObject({ delivered: 3, failures: [{ position: 2, end: 'dead_letter' }] });
});
