// One running postmaster: started, waited for until it answers, stopped in order.
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { asAccount, binaryPath } from './run-binary.ts';
import type { ServerAccount } from './server-account.ts';
import { parseServerLog, type ServerRecord } from './server-log.ts';
import { serverParameters, type ServerSettings } from './server-settings.ts';
import { startWatchdog } from './watchdog.ts';

export type ServerExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Server = {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<ServerExit>;
  /** fast: clients are cut off, everything is written. immediate: like a crash, recovered at the next start. */
  stop(how: 'fast' | 'immediate'): Promise<ServerExit>;
};

export type ServerOptions = {
  readonly binaries: Binaries;
  readonly account: ServerAccount | null;
  readonly cluster: string;
  readonly port: number;
  readonly settings: ServerSettings;
  readonly log: (record: ServerRecord) => void;
  /** How long it may take without a word of its own in postmaster.pid. A recovery is not bounded: cut off, it would begin anew each time. */
  readonly startTimeoutMs: number;
  /** How often it is said that it still recovers. */
  readonly tellEveryMs: number;
};

/** The server ended, or was not ready in time; `output` is what it said last. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

const spawnPostmaster = ({ binaries, account, cluster, port, settings }: ServerOptions): ChildProcess =>
  spawn(binaryPath(binaries.folder, 'postgres'), serverParameters(cluster, port, settings), {
    ...asAccount(account),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C in a terminal reaches us, and we stop it in order.
    detached: process.platform !== 'win32',
  });

const watchOutput = (child: ChildProcess, log: ServerOptions['log']): { last(): string } => {
  const recent: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const record of parseServerLog(text)) {
      log(record);
      if (recent.push(record.body) > 10) recent.shift();
    }
  });
  return { last: () => recent.join('; ') };
};

const watchExit = (child: ChildProcess): Promise<ServerExit> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

/** The postmaster writes `starting`, then `ready` into postmaster.pid; asking it would take a connection and a password. */
const waitUntilReady = async (child: ChildProcess, options: ServerOptions, signal: AbortSignal): Promise<void> => {
  const { cluster, startTimeoutMs, tellEveryMs, log } = options;
  const beganMs = performance.now();
  let deadlineMs = beganMs + startTimeoutMs;
  let tellMs = beganMs + tellEveryMs;
  for (;;) {
    const file = await readPostmasterFile(cluster);
    const status = file?.pid === child.pid ? file?.status : undefined;
    if (status === 'ready') return;
    const nowMs = performance.now();
    if (status === 'starting') {
      deadlineMs = nowMs + startTimeoutMs;
      if (nowMs >= tellMs) {
        log({ severity: 'WARN', body: describeRecovery(cluster, nowMs - beganMs) });
        tellMs += tellEveryMs;
      }
    }
    if (nowMs > deadlineMs) throw new Error(`not ready within ${startTimeoutMs} ms`);
    await delay(10, undefined, { signal });
  }
};

const describeRecovery = (cluster: string, tookMs: number): string =>
  `PostgreSQL on ${cluster} recovers from the write-ahead log what its last run left there, for ${(tookMs / 1000).toFixed(1)} s now; it begins anew if it is stopped`;

const stopper = (child: ChildProcess, exited: Promise<ServerExit>) => (how: 'fast' | 'immediate') => {
  child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  return exited;
};

const guard = (child: ChildProcess, exited: Promise<ServerExit>, cluster: string): void => {
  if (child.pid === undefined) return;
  const watchdog = startWatchdog(child.pid, cluster);
  void exited.finally(() => watchdog[Symbol.dispose]()).catch(() => undefined);
};

/** Stopped in order where `signal` is aborted meanwhile, and then rejects with its reason. */
export const startServer = async (options: ServerOptions, signal: AbortSignal): Promise<Server> => {
  const child = spawnPostmaster(options);
  const exited = watchExit(child);
  guard(child, exited, options.cluster);
  const output = watchOutput(child, options.log);
  const waiting = new AbortController();
  const ended = exited.then(({ code, signal }) => {
    throw new Error(`ended with ${signal ?? `code ${code}`}`);
  });
  try {
    await Promise.race([waitUntilReady(child, options, AbortSignal.any([waiting.signal, signal])), ended]);
  } catch (error) {
    if (signal.aborted) {
      child.kill('SIGINT');
      await exited;
      throw signal.reason;
    }
    child.kill('SIGQUIT');
    throw new ServerStartError(`PostgreSQL on ${options.cluster} ${(error as Error).message}`, output.last());
  } finally {
    waiting.abort();
  }
  return { pid: child.pid ?? 0, port: options.port, exited, stop: stopper(child, exited) };
};
