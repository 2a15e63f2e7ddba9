// For tests of the group commit: a stream in memory that fails as told, and time that moves by hand.
import { SystemError, type SystemErrorName } from '../contract/system-error.ts';
import type { AppendRequest, AppendResult, StreamWriter } from '../stream/stream.ts';
import type { Scheduler } from './scheduler.ts';

export type FakeScheduler = Scheduler & {
  /** Runs what is due, in order of time, until nothing is or `untilMs` has come. Yields to promises in between. */
  advanceTo(untilMs: number): Promise<void>;
};

export const createFakeScheduler = (): FakeScheduler => {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const add = (delayMs: number, run: () => void): Disposable => {
    const timer = { atMs: nowMs + delayMs, run };
    timers.push(timer);
    return { [Symbol.dispose]: () => void (timers = timers.filter((other) => other !== timer)) };
  };
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    nowMs: () => nowMs,
    after: add,
    soon: (run) => void add(0, run),
    advanceTo: async (untilMs) => {
      for (;;) {
        await settle();
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > untilMs) break;
        timers = timers.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
};

/** What an attempt does: commit and answer, fail without storing, or commit and then fail. */
export type Step = 'commit' | { readonly fail: SystemErrorName; readonly stored?: boolean } | { readonly throw: Error } | 'hang';

export type FakeStream = StreamWriter & {
  readonly log: AppendRequest[];
  /** Each attempt's requests. */
  readonly attempts: (readonly AppendRequest[])[];
};

/** Takes the steps in turn, then commits. `refuses`: the database refuses a batch with such a request. */
export const createFakeStream = (steps: Step[] = [], refuses: (request: AppendRequest) => boolean = () => false): FakeStream => {
  const log: AppendRequest[] = [];
  const attempts: (readonly AppendRequest[])[] = [];
  let nextId = 1;
  return {
    log,
    attempts,
    append: async (requests, signal) => {
      attempts.push(requests);
      const step = steps.shift() ?? 'commit';
      if (step === 'hang') await untilAborted(signal);
      if (typeof step === 'object' && 'throw' in step) throw step.throw;
      if (requests.some(refuses)) throw new SystemError('FL_STREAM_DATA_REFUSED', 'refused by the fake');
      const fails = typeof step === 'object' && 'fail' in step ? step : null;
      if (fails && !fails.stored) throw new SystemError(fails.fail, `${fails.fail} of the fake`);
      const results = requests.map((request) => store(log, request));
      if (fails) throw new SystemError(fails.fail, `${fails.fail} of the fake, after the commit`);
      return results;
    },
    takeIds: async () => {
      const first = nextId;
      nextId += 1000;
      return { first, count: 1000 };
    },
  };
};

const store = (log: AppendRequest[], request: AppendRequest): AppendResult => {
  const known = log.find(({ identity }) => identity === request.identity);
  if (!known) log.push(request);
  if (!known || known.id === request.id) return { kind: 'appended', id: request.id, lane: 0, position: log.length };
  return { kind: Buffer.compare(known.bodyHash, request.bodyHash) === 0 ? 'duplicate' : 'conflict', id: known.id };
};

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new SystemError('FL_STREAM_COMMIT_UNKNOWN', 'aborted')));
  });

export const fakeRequest = (id: number, change: Partial<AppendRequest> = {}): AppendRequest => ({
  id,
  identity: `identity-${id}`,
  bodyHash: Buffer.from([1]),
  tenant: 'default',
  systemName: 'shop',
  objectId: `object-${id % 7}`,
  eventName: 'placed',
  idempotencyKey: null,
  sequence: null,
  eventTime: '2026-01-01T00:00:00Z',
  eventTimeSource: 'client',
  receivedAt: '2026-01-01T00:00:00Z',
  body: '{}',
  traceparent: null,
  ...change,
});
