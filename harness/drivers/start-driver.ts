// What the engine sees of any driver that has a process of its own: started ahead, sent off at an agreed zero, done when the history is on disk.
import { spawn as spawnChild } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { HarnessError } from '../engine/errors.ts';
import type { DriverProgress, DriverSummary, FromDriver } from './progress.ts';

export type DriverChild = {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** SIGKILL, also where the process is stopped. */
  kill(): void;
};

export type DriverStart = {
  readonly onProgress?: (progress: DriverProgress) => void;
  /** How the process is started: file and arguments for node. By default a plain child process; the engine passes one that the reaper knows. */
  readonly spawn?: (file: string, args: readonly string[]) => DriverChild | Promise<DriverChild>;
};

export type Driver<Summary extends DriverSummary = DriverSummary> = AsyncDisposable & {
  readonly pid: number;
  readonly plannedOperations: number;
  /** `zeroAt` in epoch milliseconds, a little ahead (200 ms is plenty). */
  go(zeroAt: number): void;
  /** Rejects with FL_DRIVER_FAILED where the process ended without its summary. */
  readonly done: Promise<Summary>;
};

/** Its program, what it is called in errors, and the job that it is told. */
export type DriverProgram = { readonly name: string; readonly file: string; readonly job: { readonly type: 'job' } };

/** Resolves when the process has planned its traffic and waits for `go`. */
export const startDriver = async <Summary extends DriverSummary>(
  { name, file, job }: DriverProgram,
  { onProgress, spawn = spawnPlain }: DriverStart,
): Promise<Driver<Summary>> => {
  const driverFailed = (message: string): HarnessError => new HarnessError('FL_DRIVER_FAILED', `the ${name} driver failed: ${message}`);
  const child = await spawn(file, []);
  const ready = Promise.withResolvers<number>();
  const done = Promise.withResolvers<Summary>();
  const fail = (error: HarnessError): void => [ready, done].forEach(({ reject }) => reject(error));
  // Both are handed out below; until then a failure must not count as unhandled.
  for (const promise of [ready.promise, done.promise]) void promise.catch(() => {});
  const heard = readMessages<Summary>(child, (message) => {
    if (message.type === 'ready') ready.resolve(message.operations);
    else if (message.type === 'progress') onProgress?.(message);
    else if (message.type === 'done') {
      onProgress?.({ ...message, type: 'progress' });
      done.resolve(message);
    } else fail(driverFailed(message.message));
  });
  void Promise.all([child.exited, heard]).then(([{ code, signal }]) =>
    fail(driverFailed(`its process ended (code ${code}, signal ${signal}) before its work was done`)),
  );
  child.stdin.on('error', () => {});
  const tell = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const end = async (): Promise<void> => {
    child.kill();
    await child.exited;
  };
  tell(job);
  const plannedOperations = await ready.promise.catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    pid: child.pid,
    plannedOperations,
    go: (zeroAt) => tell({ type: 'go', zeroAt }),
    done: done.promise,
    [Symbol.asyncDispose]: end,
  };
};

const readMessages = async <Summary extends DriverSummary>(
  { stdout }: DriverChild,
  hear: (message: FromDriver<Summary>) => void,
): Promise<void> => {
  for await (const line of createInterface({ input: stdout })) {
    if (line.startsWith('{')) hear(JSON.parse(line) as FromDriver<Summary>);
  }
};

const spawnPlain = (file: string, args: readonly string[]): DriverChild => {
  const child = spawnChild(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid ?? 0, stdin: child.stdin, stdout: child.stdout, exited, kill: () => void child.kill('SIGKILL') };
};
