// Starts a process of the system, of the stack or of the harness: recorded before it is relied on, its output in a file of its own, ended for sure.
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Clock } from '../engine/clock.ts';
import { systemClock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import type { HarnessErrorCode } from '../engine/errors.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { compileCache } from './compile-cache.ts';
import { logTail } from './log-tail.ts';
import { createProcessGroup } from './process-group.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { postmasterRole } from './process-registry.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { runMark } from './process-table.ts';
import { readAnnouncement } from './read-ready.ts';
import type { Announcement, ReadyLine } from './read-ready.ts';

export type ProcessExit = { readonly code: number | null; readonly signal: string | null };

export type SpawnOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the harness's own environment, of which OTEL_*, FAULTLINE_*, PG* and DATABASE_URL are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly role: string;
  /** stdout and stderr are appended here, by the process itself: the harness is never in the way of its output. */
  readonly logFile: string;
  readonly registry: ProcessRegistry;
  readonly cwd?: string;
  /** Given: stdout comes here line by line instead of into the file (stderr still goes there). */
  readonly onLine?: (line: string) => void;
  /** A pipe to its standard input, which ends when the harness does. */
  readonly pipeInput?: boolean;
  /** What it starts in its turn, as a shell does, is signalled and ended with it: its process group. */
  readonly wholeGroup?: boolean;
  /** How long a polite end may take before it is killed. */
  readonly stopWithinMs?: number;
  readonly clock?: Clock;
  /** The code of the error when it does not become ready. */
  readonly failure?: HarnessErrorCode;
};

export type SpawnedProcess = AsyncDisposable & {
  readonly role: string;
  readonly pid: number;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Where in its log its own output begins: a process that is started again writes behind its predecessor. */
  readonly logStart: number;
  readonly exited: Promise<ProcessExit>;
  /** With `wholeGroup`: the same exit, but not before all of its group are gone. Else as `exited`. */
  readonly ended: Promise<ProcessExit>;
  /**
   * The ready line. Rejects with a HarnessError when the process refuses, ends or says nothing within the bound, with the tail of its output.
   * A server whose pid the line names (PostgreSQL's postmaster) is recorded too.
   */
  ready(withinMs: number, signal?: AbortSignal): Promise<ReadyLine>;
  /** False: it has ended already, and with `wholeGroup` all of its group. */
  kill(signal: NodeJS.Signals): boolean;
  /** Signals the server that its ready line named. False: that has ended already, or none was named. */
  killServer(signal: NodeJS.Signals): boolean;
  /** Writes to its standard input; only with `pipeInput`. */
  write(text: string): void;
  /**
   * SIGCONT, SIGTERM, a bounded wait (`stopWithinMs`, or this once `politeMs`), SIGKILL. Resolves when it has ended, and with it the server that it recorded,
   * with how it did: by a signal or a code but 0 was not in order.
   */
  stop(politeMs?: number): Promise<ProcessExit>;
};

const isPrivate = (name: string): boolean => /^(OTEL_|FAULTLINE_|PG)/.test(name) || name === 'DATABASE_URL' || name === 'NODE_OPTIONS';

const environment = (own: Readonly<Record<string, string>>, run: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isPrivate(name))),
  NODE_COMPILE_CACHE: compileCache,
  ...own,
  [runMark]: run,
});

const announcementIn = (text: string): Announcement | null => {
  for (const line of text.split('\n')) {
    const found = readAnnouncement(line);
    if (found !== null) return found;
  }
  return null;
};

const exitText = ({ code, signal }: ProcessExit): string => (signal === null ? `ended with code ${code}` : `was ended by ${signal}`);

type Started = {
  readonly options: SpawnOptions;
  readonly clock: Clock;
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ProcessExit>;
} & Reach;

/** Who is signalled and waited for: the process alone, or its whole group. */
type Reach = {
  readonly signal: (signal: NodeJS.Signals) => boolean;
  readonly ended: Promise<ProcessExit>;
  /** Nobody waits for `ended` any more. */
  readonly giveUp: () => void;
};

const reachOf = (
  identity: ProcessIdentity,
  exited: Promise<ProcessExit>,
  { wholeGroup, registry, clock = systemClock }: SpawnOptions,
): Reach => {
  if (wholeGroup !== true) return { signal: (signal) => signalProcess(identity, signal), ended: exited, giveUp: () => undefined };
  const group = createProcessGroup(identity, registry.run);
  const waiting = new AbortController();
  const ended = exited.then(async (exit) => {
    await group.gone(clock, waiting.signal);
    return exit;
  });
  return { signal: (signal) => group.signal(signal), ended, giveUp: () => waiting.abort() };
};

/** Waits for the announcement; what came instead is told in the error. */
const awaitReady = async (
  { options, clock, exited }: Started,
  announced: () => Announcement | null,
  withinMs: number,
  signal?: AbortSignal,
) => {
  const { role, logFile, failure = 'FL_TARGET_FAILED' } = options;
  let exit: ProcessExit | undefined;
  void exited.then((value) => (exit = value));
  const ask = async () => ({ said: announced(), exit });
  const bound = { clock, withinMs, everyMs: 15, ...(signal === undefined ? {} : { signal }) };
  const { last } = await waitUntil(ask, (now) => now.said !== null || now.exit !== undefined, bound);
  const said = last.said ?? announced();
  if (said?.kind === 'ready') return said.line;
  if (said?.kind === 'refused')
    throw new HarnessError(failure, `${role} refused to start: ${said.message} (${said.code}); its log is ${logFile}`);
  if (last.exit === undefined && signal?.aborted === true)
    throw new HarnessError('FL_INTERRUPTED', `interrupted while ${role} was starting`);
  const what = last.exit === undefined ? `said nothing of being ready within ${withinMs} ms` : `${exitText(last.exit)} before it was ready`;
  throw new HarnessError(failure, `${role} ${what}; its log is ${logFile}:\n${logTail(logFile)}`);
};

const endServer = async (server: ProcessIdentity, withinMs: number, clock: Clock): Promise<void> => {
  signalProcess(server, 'SIGCONT');
  // PostgreSQL's immediate shutdown; it gives its shared memory back.
  signalProcess(server, 'SIGQUIT');
  const gone = async () => !isAlive(server);
  await waitUntil(gone, Boolean, { clock, withinMs, everyMs: 20 });
  signalProcess(server, 'SIGKILL');
  await waitUntil(gone, Boolean, { clock, withinMs, everyMs: 20 });
};

const within = async <Value>(promise: Promise<Value>, ms: number, clock: Clock): Promise<Value | undefined> => {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, clock.sleep(ms, timer.signal).then(() => undefined)]);
  } finally {
    timer.abort();
  }
};

/** After SIGKILL, however short the polite end was: a machine with more to do than it can takes its time to bury a process. */
const killedWithinMs = 10_000;

const end = async (started: Started, server: ProcessIdentity | null, politeMs?: number): Promise<ProcessExit> => {
  const { options, clock, identity, signal, ended, giveUp } = started;
  const withinMs = options.stopWithinMs ?? 5_000;
  signal('SIGCONT');
  signal('SIGTERM');
  let exit = await within(ended, politeMs ?? withinMs, clock);
  if (exit === undefined) {
    signal('SIGKILL');
    exit = await within(ended, killedWithinMs, clock);
  }
  giveUp();
  if (server !== null && isAlive(server)) await endServer(server, withinMs, clock);
  if (exit === undefined)
    throw new HarnessError(
      'FL_INTERNAL',
      `${options.role} (pid ${identity.pid})${options.wholeGroup === true ? ', or what it started,' : ''} lives on after SIGKILL`,
    );
  return exit;
};

/** Any open descriptor works; execa's types name 3 to 9 only. */
type Descriptor = 3;

const openLog = (logFile: string): Descriptor => {
  mkdirSync(dirname(logFile), { recursive: true });
  return openSync(logFile, 'a') as Descriptor;
};

/** Throws a HarnessError when the command can't be started at all. Whoever spawned it disposes it. */
export const spawnProcess = async (options: SpawnOptions): Promise<SpawnedProcess> => {
  const { role, logFile, registry, clock = systemClock, failure = 'FL_TARGET_FAILED' } = options;
  const log = openLog(logFile);
  const logStart = readFileSync(logFile).length;
  const child = execa(options.command, [...options.args], {
    env: environment(options.env ?? {}, registry.run),
    extendEnv: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.pipeInput === true ? 'pipe' : 'ignore',
    stdout: options.onLine === undefined ? log : 'pipe',
    stderr: log,
    buffer: false,
    reject: false,
    cleanup: false,
    // A process group of its own: Ctrl-C in the terminal reaches the harness alone, which takes everything down in order.
    detached: true,
  });
  closeSync(log);
  const exited = child.then(({ exitCode, signal }): ProcessExit => ({ code: exitCode ?? null, signal: signal ?? null }));
  const identity = child.pid === undefined ? null : registry.addProcess(role, child.pid);
  if (child.pid === undefined) {
    const { cause } = await child;
    throw new HarnessError(failure, `${role} could not be started: ${options.command}`, { cause });
  }
  if (identity === null)
    throw new HarnessError(failure, `${role} ended as soon as it was started; its log is ${logFile}:\n${logTail(logFile)}`);

  let heard: Announcement | null = null;
  const { onLine } = options;
  if (onLine !== undefined && child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard ??= readAnnouncement(line);
      onLine(line);
    });
  }
  child.stdin?.on('error', () => undefined);
  const announced = () =>
    heard ?? (onLine === undefined ? announcementIn(readFileSync(logFile).subarray(logStart).toString('utf8')) : null);
  const started = { options, clock, identity, exited, ...reachOf(identity, exited, options) };
  let server: ProcessIdentity | null = null;
  let ending: Promise<ProcessExit> | undefined;
  const stop = (politeMs?: number) => (ending ??= end(started, server, politeMs));
  return {
    role,
    pid: child.pid,
    identity,
    logFile,
    logStart,
    exited,
    ended: started.ended,
    async ready(withinMs, signal) {
      const line = await awaitReady(started, announced, withinMs, signal);
      const pid = line.attributes['pid'];
      if (typeof pid === 'number' && pid !== identity.pid)
        server = registry.addProcess(role === 'postgres' ? postmasterRole : `${role} server`, pid);
      return line;
    },
    kill: started.signal,
    killServer: (signal) => server !== null && signalProcess(server, signal),
    write: (text) => void child.stdin?.write(text),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
};
