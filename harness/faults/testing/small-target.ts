// For tests of faults: a target of one real process, which speaks as those of a target do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readAnnouncement } from '../../stack/read-ready.ts';
import type { RunningTarget, TargetProcess } from '../../targets/target.ts';
import { partialTarget } from './fault-world.ts';

export type SmallProcess = AsyncDisposable & { readonly process: TargetProcess };
type Environment = Readonly<Record<string, string>>;

const programs = {
  /** Answers over HTTP. */
  server: fileURLToPath(new URL('../fixtures/small-server.ts', import.meta.url)),
  /** Works on events in a database, and parks those that it fails on. */
  worker: fileURLToPath(new URL('../fixtures/small-worker.ts', import.meta.url)),
} as const;
export type SmallProgram = keyof typeof programs;

/** It ends with us: by its standard input. */
export const startSmall = async (program: SmallProgram, environment: Environment = {}): Promise<SmallProcess> => {
  const child = spawn(process.execPath, [programs[program]], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code: code as number | null, signal: signal as string | null }));
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, 'line'), exited.then(() => ['nothing, and ended'])])) as [string];
  const announcement = readAnnouncement(line);
  if (announcement?.kind !== 'ready') {
    await dispose();
    throw new Error(`not ready: ${line}`);
  }
  const { attributes, saidAt = 0 } = announcement.line;
  const [pid, address] = [child.pid ?? 0, String(attributes['address'])];
  const kill = (signal: NodeJS.Signals): boolean => child.kill(signal);
  const of: TargetProcess = {
    role: 'worker',
    index: 0,
    pid,
    instance: `worker-${pid}-a`,
    address,
    startedAt: Date.now(),
    saidAt,
    exited,
    kill,
  };
  return { process: of, [Symbol.asyncDispose]: dispose };
};

export type SmallTarget = AsyncDisposable & {
  readonly target: RunningTarget;
  current(): TargetProcess;
  /** With which it was started again, in this order. */
  readonly environments: readonly Environment[];
};

export type SmallTargetOptions = {
  readonly program?: SmallProgram;
  /** Of every start. */
  readonly environment?: Environment;
  /** It starts again as it likes, whatever it is given. */
  readonly deaf?: boolean;
  readonly parts?: Partial<RunningTarget>;
};

export const startSmallTarget = async (options: SmallTargetOptions = {}): Promise<SmallTarget> => {
  const { program = 'server', environment = {}, deaf = false, parts = {} } = options;
  const started: SmallProcess[] = [await startSmall(program, environment)];
  const environments: Environment[] = [];
  const current = (): TargetProcess => started.at(-1)!.process;
  const restart: RunningTarget['restart'] = async (_role, _index, given = {}) => {
    environments.push(given);
    started.push(await startSmall(program, { ...environment, ...(deaf ? {} : given) }));
    return current();
  };
  return {
    target: partialTarget({ processes: () => [current()], restart, ...parts }),
    current,
    environments,
    [Symbol.asyncDispose]: async () => void (await Promise.all(started.map((each) => each[Symbol.asyncDispose]()))),
  };
};
