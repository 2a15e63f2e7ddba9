// The worker processes of a load run: started once, given one job after the other, and gone when they are disposed or the harness is.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import type { FromWorker, LoadDone, LoadJob, LoadProgress } from './worker/protocol.ts';

export type WorkerJob = Omit<LoadJob, 'type' | 'share' | 'connections'> & { readonly connections: number };

export type LoadWorkers = AsyncDisposable & {
  readonly pids: readonly number[];
  /** One job, shared among all. `onProgress` gets the last word of each worker. Rejects with FL_DRIVER_FAILED, or when the signal aborts. */
  run(job: WorkerJob, onProgress: (progress: readonly LoadProgress[]) => void, signal: AbortSignal): Promise<WorkersDone>;
};

export type WorkersDone = { readonly zeroAt: number; readonly workers: readonly LoadDone[] };

type Worker = { readonly child: ChildProcess; hear: (message: FromWorker) => void; fail: (error: Error) => void };

/** Compiled in the package, TypeScript here. */
const workerFile = fileURLToPath(new URL(`worker/process${extname(import.meta.url)}`, import.meta.url));
/** Between everyone being ready and the run's zero. */
const leadMs = 250;

export const startLoadWorkers = (processes: number, clock: Clock): LoadWorkers => {
  const workers = Array.from({ length: processes }, startWorker);
  return {
    pids: workers.flatMap(({ child }) => child.pid ?? []),
    run: (job, onProgress, signal) => runJob(workers, job, onProgress, signal, clock),
    [Symbol.asyncDispose]: async () => void (await Promise.all(workers.map(endWorker))),
  };
};

const startWorker = (): Worker => {
  const child = spawn(process.execPath, [workerFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  const worker: Worker = { child, hear: () => {}, fail: () => {} };
  child.stdin?.on('error', () => {});
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
    if (line.startsWith('{')) worker.hear(JSON.parse(line) as FromWorker);
  });
  child.once('exit', (code, signal) => worker.fail(failed(`its process ended (code ${code}, signal ${signal}) before its work was done`)));
  child.once('error', (error) => worker.fail(failed(error.message)));
  return worker;
};

const endWorker = async ({ child }: Worker): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

const failed = (message: string): HarnessError => new HarnessError('FL_DRIVER_FAILED', `a worker of the load run failed: ${message}`);

const runJob = async (
  workers: readonly Worker[],
  job: WorkerJob,
  onProgress: (progress: readonly LoadProgress[]) => void,
  signal: AbortSignal,
  clock: Clock,
): Promise<WorkersDone> => {
  const of = workers.length;
  const last: (LoadProgress | undefined)[] = workers.map(() => undefined);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new HarnessError('FL_INTERRUPTED', 'the load run was interrupted; nothing was judged'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const connections = Math.max(1, Math.ceil(job.connections / of));
    const begun = workers.map((worker, index) =>
      begin(worker, { type: 'job', ...job, share: { index, of }, connections }, (progress) => {
        last[index] = progress;
        onProgress(last.filter((each) => each !== undefined));
      }),
    );
    const done = Promise.all(begun.map((each) => each.done));
    done.catch(() => {});
    await Promise.race([Promise.all(begun.map(({ ready }) => ready)), aborted.promise]);
    const zeroAt = clock.now() + leadMs;
    for (const { child } of workers) child.stdin?.write(`${JSON.stringify({ type: 'go', zeroAt })}\n`);
    return { zeroAt, workers: await Promise.race([done, aborted.promise]) };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

type Begun = { readonly ready: Promise<unknown>; readonly done: Promise<LoadDone> };

const begin = (worker: Worker, job: LoadJob, onProgress: (progress: LoadProgress) => void): Begun => {
  const ready = Promise.withResolvers<number>();
  const done = Promise.withResolvers<LoadDone>();
  worker.fail = (error) => [ready, done].forEach(({ reject }) => reject(error));
  ready.promise.catch(() => {});
  worker.hear = (message) => {
    if (message.type === 'ready') ready.resolve(message.requests);
    else if (message.type === 'progress') onProgress(message);
    else if (message.type === 'done') done.resolve(message);
    else worker.fail(failed(message.message));
  };
  worker.child.stdin?.write(`${JSON.stringify(job)}\n`);
  return { ready: ready.promise, done: done.promise };
};
