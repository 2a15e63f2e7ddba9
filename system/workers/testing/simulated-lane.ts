// For unit tests: an ordered lane and the threads that do its work, all in this thread, on a store that a test simulates.
import { MessageChannel } from 'node:worker_threads';
import type { LogEvent } from '../../stream/stream.ts';
import type { Tenure } from '../checkpoint.ts';
import type { TaskEnd } from '../handler-thread.ts';
import type { LaneStore } from '../lane-store.ts';
import { createLaneTurn } from '../lane-turn.ts';
import { createOrderedLane, type OrderedLane } from '../ordered-lane.ts';
import type { OwnRules } from '../own-rules.ts';
import type { OrderedProcessor } from '../processor.ts';
import { serveThread } from '../serve-thread.ts';
import type { WorkerTelemetry } from '../telemetry.ts';
import type { ThreadPool } from '../thread-pool.ts';
import type { FromThread, Task } from '../thread-protocol.ts';
import { noThrottle } from '../token-bucket.ts';

export const connectionLost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });

export const eventAt = (position: number, more: Partial<LogEvent> = {}): LogEvent => ({
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
  traceparent: null,
  ...more,
});

/** Of a team's own processor that goes one event at a time, and parks what fails at its first attempt. */
export const parkingRules: OwnRules = {
  use: () => {},
  isEnough: () => false,
  begin: () => {},
  isOrdered: true,
  takesNumbers: false,
  policy: { attempts: 1, retryMs: 1 },
  action: 'park',
  isShed: () => false,
};

export type RunTask = (task: Task) => Promise<TaskEnd>;

type ThreadGiven = { readonly processor: OrderedProcessor<null>; readonly events: readonly LogEvent[]; readonly store: LaneStore };

/** One task at a time. */
export const startThread = ({ processor, events, store }: ThreadGiven): Disposable & { readonly run: RunTask } => {
  const { port1: mine, port2: theirs } = new MessageChannel();
  let end = Promise.withResolvers<TaskEnd>();
  mine.on('message', (message: FromThread) => {
    if (message.type === 'may-write') mine.postMessage({ type: 'go', changed: [] });
    if (message.type === 'report' || message.type === 'error') {
      const { type, ...rest } = message;
      end.resolve({ kind: type, ...rest } as TaskEnd);
    }
  });
  serveThread(theirs, {
    processorOf: () => Promise.resolve(processor),
    stream: {
      read: async (_lane, after) => events.filter(({ position }) => position > after),
      heads: () => Promise.reject(new Error('no')),
    },
    store,
    progress: { enter: () => {}, leave: () => {}, waits: () => {} },
    policy: { attempts: 1, retryMs: 1 },
    maxBytes: 1e6,
    nowMs: () => 1000,
    turn: null,
  });
  const run: RunTask = (task) => {
    end = Promise.withResolvers<TaskEnd>();
    mine.postMessage({ type: 'task', task });
    return end.promise;
  };
  return { run, [Symbol.dispose]: () => mine.close() };
};

type LaneGiven = {
  readonly tenure: Tenure;
  readonly run: RunTask;
  readonly telemetry: Partial<WorkerTelemetry>;
  readonly parkEvents?: number;
  readonly carefulUntil?: number | null;
  readonly onParked?: () => void;
};

export const createLaneOf = ({
  tenure,
  run,
  telemetry,
  parkEvents = 10,
  carefulUntil = null,
  onParked = () => {},
}: LaneGiven): OrderedLane =>
  createOrderedLane({
    tenure,
    threads: { use: (work: (thread: never) => unknown) => work({ run } as never) } as unknown as ThreadPool,
    turn: createLaneTurn(),
    bucket: noThrottle,
    batchEvents: 10,
    bounds: { pendingEvents: 10, parkEvents, pendingPolicy: 'wait' },
    holdings: { parked: 0, pending: 0 },
    carefulUntil,
    telemetry: telemetry as WorkerTelemetry,
    recordFenced: () => Promise.resolve(),
    onParked,
    skipOldestGap: () => Promise.resolve(false),
  });
