// A handler thread seen from outside: run a task in it, watch it, end it when user code hangs. It says how every task ended, whatever user code did.
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { describeFailure, type Failure } from './failure.ts';
import { createProgressBuffer, readProgress } from './progress.ts';
import { createStallWatch, lookIntervalMs } from './stall-watch.ts';
import type { FromThread, Report, TakenOff, Task, TaskError, ToThread } from './thread-protocol.ts';

/** What a thread gets at its start; `progress` is shared memory. */
export type ThreadData<Settings> = { readonly settings: Settings; readonly progress: SharedArrayBuffer; readonly name: string };

export type ThreadSource<Settings> = {
  readonly entry: URL;
  readonly settings: Settings;
  readonly deadlineMs: number;
  readonly resourceLimits: ResourceLimits;
};

export type TaskEnd =
  | ({ readonly kind: 'report'; readonly report: Report } & TakenOff)
  | ({ readonly kind: 'error'; readonly error: TaskError; readonly unheard: Report | null } & TakenOff)
  /** The thread is gone. `culprit`: the event that user code had in hand; null: it was not in user code. */
  | { readonly kind: 'ended'; readonly culprit: { readonly position: number; readonly failure: Failure } | null; readonly message: string };

/** Resolves when the task may write, with the names of the keys that others have changed since it began. */
export type AllowWrite = () => Promise<readonly string[]>;

export type HandlerThread = {
  /** False from the moment that it ended. */
  readonly alive: () => boolean;
  /** `allow` is asked, and awaited, before the thread writes. */
  run(task: Task, allow: AllowWrite): Promise<TaskEnd>;
  end(): Promise<void>;
};

/** Resolves when the thread is ready; rejects when it can't work (the handler's module does not load). */
export const startHandlerThread = async <Settings>(source: ThreadSource<Settings>, name: string): Promise<HandlerThread> => {
  const progress = createProgressBuffer();
  const workerData: ThreadData<Settings> = { settings: source.settings, progress, name };
  const worker = new Worker(source.entry, { workerData, resourceLimits: source.resourceLimits, name });
  let current: PromiseWithResolvers<TaskEnd> | null = null;
  let ready: PromiseWithResolvers<void> | null = Promise.withResolvers<void>();
  let mayWrite: AllowWrite | null = null;
  let thrown: unknown = null;
  let timedOut = false;
  let alive = true;
  const send = (message: ToThread) => worker.postMessage(message);
  const finish = (end: TaskEnd) => {
    current?.resolve(end);
    current = null;
  };
  const onEnded = (exitCode: number) => {
    alive = false;
    const view = readProgress(progress);
    const failure = timedOut ? timeout(source.deadlineMs) : crash(thrown, exitCode);
    ready?.reject(new Error(`The handler thread ended before it was ready: ${failure.message}`));
    finish({ kind: 'ended', culprit: view.inHandler ? { position: view.position, failure } : null, message: failure.message });
  };
  worker.on('error', (error: unknown) => (thrown = error));
  worker.on('messageerror', (error) => (thrown = error));
  worker.on('exit', onEnded);
  worker.on('message', (message: FromThread) => {
    if (message.type === 'ready') ready?.resolve();
    else if (message.type === 'unusable') ready?.reject(new Error(message.message));
    else if (message.type === 'may-write') void mayWrite?.().then((changed) => send({ type: 'go', changed }));
    else if (message.type === 'report') finish({ kind: 'report', report: message.report, takenOff: message.takenOff });
    else finish({ kind: 'error', error: message.error, unheard: message.unheard, takenOff: message.takenOff });
  });
  const watch = () => {
    const stall = createStallWatch(source.deadlineMs);
    const timer = setInterval(() => {
      if (!stall.look(readProgress(progress), performance.now())) return;
      timedOut = true;
      clearInterval(timer);
      void worker.terminate();
    }, lookIntervalMs(source.deadlineMs));
    return timer;
  };
  await ready.promise.finally(() => (ready = null)).catch((error: unknown) => endAndThrow(worker, error));
  return {
    alive: () => alive,
    run: async (task, allow) => {
      if (!alive) return { kind: 'ended', culprit: null, message: 'the thread had ended before' };
      current = Promise.withResolvers<TaskEnd>();
      const { promise } = current;
      mayWrite = allow;
      send({ type: 'task', task });
      const timer = watch();
      return promise.finally(() => clearInterval(timer));
    },
    end: async () => {
      await worker.terminate();
    },
  };
};

const endAndThrow = async (worker: Worker, error: unknown): Promise<never> => {
  await worker.terminate();
  throw error;
};

const timeout = (deadlineMs: number): Failure => ({
  code: 'handler_timeout',
  message: `The handler ran past its deadline of ${deadlineMs} ms.`,
  errorType: 'timeout',
});

const crash = (thrown: unknown, exitCode: number): Failure =>
  thrown === null
    ? { code: 'handler_crashed', message: `The handler ended its thread with exit code ${exitCode}.`, errorType: 'exit' }
    : describeFailure('handler_crashed', thrown);
