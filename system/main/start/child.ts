// One process of the system as a child: its lines, its ready line or refusal, its end. It can't outlive us: it watches a pipe that only we hold.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemError, type SystemErrorName } from '../../contract/system-error.ts';

export type ProcessLine = {
  readonly severity_text?: string;
  readonly severity_number?: number;
  readonly body?: string;
  readonly event_name?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
};

export type ChildExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Child = {
  readonly pid: number;
  /** The attributes of the ready line. Rejects with the refusal's code and message, or FL_START_FAILED where it ended without one. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  readonly exited: Promise<ChildExit>;
  /** SIGTERM, and SIGKILL where that does not end it within the bound; resolves with how it ended. */
  stop(boundMs: number): Promise<ChildExit & { readonly forced: boolean }>;
  kill(): void;
};

export type ChildOptions = {
  readonly name: string;
  readonly program: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Each line of its stdout that is JSON, and each of stderr as a body. */
  readonly onLine: (line: ProcessLine) => void;
  /** Its refusal in the words of whoever starts it. */
  readonly reword?: (refusal: SystemError) => SystemError;
};

const parseLine = (text: string): ProcessLine => {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null) return line;
  } catch {
    // Not one of our lines (a crash of the runtime, say): shown as it is.
  }
  return { severity_text: 'ERROR', severity_number: 17, body: text };
};

const spawnChild = ({ program, environment }: ChildOptions) =>
  spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...environment, FAULTLINE_EXIT_WITH_PARENT: 'true' },
    // A session of its own: Ctrl-C reaches us, and we stop them in order.
    detached: process.platform !== 'win32',
  });

const watchExit = (child: ChildProcess): Promise<ChildExit> =>
  new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const refusalOf = ({ attributes, body }: ProcessLine): SystemError =>
  new SystemError(
    (textOf(attributes?.['code']) ?? 'FL_START_FAILED') as SystemErrorName,
    textOf(attributes?.['message']) ?? body ?? 'no reason given',
    { details: attributes ?? {} },
  );

export const describeExit = ({ code, signal }: ChildExit): string => (signal ? `by ${signal}` : `with code ${code}`);

const stopChild = async (child: ChildProcess, exited: Promise<ChildExit>, boundMs: number) => {
  child.kill('SIGTERM');
  const bound = new AbortController();
  const inTime = await Promise.race([exited.then(() => true), delay(boundMs, false, { signal: bound.signal }).catch(() => true)]);
  bound.abort();
  if (!inTime) child.kill('SIGKILL');
  return { ...(await exited), forced: !inTime };
};

export const startChild = (options: ChildOptions): Child => {
  const { reword = (refusal) => refusal } = options;
  const child = spawnChild(options);
  // Writing to a child that has just ended is its end's business.
  child.stdin.on('error', () => undefined);
  const exited = watchExit(child);
  const { promise: ready, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  ready.catch(() => undefined);
  createInterface(child.stdout).on('line', (text) => {
    const line = parseLine(text);
    if (line.event_name === 'faultline.process.ready') resolve(line.attributes ?? {});
    if (line.event_name === 'faultline.process.refused') reject(reword(refusalOf(line)));
    options.onLine(line);
  });
  createInterface(child.stderr).on('line', (text) => options.onLine(parseLine(text)));
  void exited.then((exit) =>
    reject(new SystemError('FL_START_FAILED', `${options.name} ended ${describeExit(exit)} before it was ready.`)),
  );
  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    stop: (boundMs) => stopChild(child, exited, boundMs),
    kill: () => void child.kill('SIGKILL'),
  };
};
