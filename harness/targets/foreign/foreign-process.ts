// A process of a system that is not ours: ready when it has printed what its target file says, started again on the port that it had.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../engine/clock.ts';
import { HarnessError } from '../../engine/errors.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { logTail } from '../../stack/log-tail.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { type SpawnedProcess, spawnProcess } from '../../stack/processes.ts';
import type { TargetProcess } from '../target.ts';
import type { ProcessRequest } from './target-file.ts';

export type ForeignProcess = { readonly request: ProcessRequest; readonly target: TargetProcess; readonly spawned: SpawnedProcess };

export type ForeignProcessOptions = {
  readonly request: ProcessRequest;
  readonly port: number;
  readonly logFolder: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

const readyWithinMs = 20_000;

/** Rejects with FL_TARGET_FAILED, and what the process said; it is ended then. */
export const startForeignProcess = async (options: ForeignProcessOptions): Promise<ForeignProcess> => {
  const { request, port, logFolder, registry, clock } = options;
  const { role, index = 0, command, args, cwd, environment = {}, portVariable } = request;
  const logFile = join(logFolder, `${role}-${index}.log`);
  const spawned = await spawnProcess({
    command: command ?? process.execPath,
    args,
    env: { ...environment, ...(portVariable === undefined ? {} : { [portVariable]: String(port) }) },
    role,
    logFile,
    registry,
    ...(cwd === undefined ? {} : { cwd }),
    failure: 'FL_TARGET_FAILED',
    // A command of others may be a shell or a runner, which starts the server in its turn.
    wholeGroup: true,
  });
  try {
    const address = await awaitReady(spawned, logFile, options);
    const { pid, ended, kill } = spawned;
    const instance = `${role}-${pid}`;
    return {
      request,
      spawned,
      target: { role, index, pid, instance, address, startedAt: clock.now(), exited: ended, kill },
    };
  } catch (error) {
    await spawned.stop();
    throw error;
  }
};

/** What it printed since it was started: a process that comes back writes into the log of its predecessor. */
const awaitReady = async (spawned: SpawnedProcess, logFile: string, { request, clock, signal }: ForeignProcessOptions): Promise<string> => {
  const pattern = new RegExp(request.ready.source, request.ready.flags.replaceAll('g', ''));
  let ended = false;
  void spawned.exited.then(() => (ended = true));
  const ask = async () => pattern.exec(readFileSync(logFile).subarray(spawned.logStart).toString('utf8'));
  const bound = { clock, withinMs: readyWithinMs, everyMs: 20, ...(signal === undefined ? {} : { signal }) };
  const { last } = await waitUntil(ask, (found) => found !== null || ended, bound);
  const found = last ?? (await ask());
  if (found !== null) return found[1] ?? '';
  if (!ended && signal?.aborted === true) throw new HarnessError('FL_INTERRUPTED', `interrupted while ${spawned.role} was starting`);
  const what = ended ? 'ended before it was ready' : `did not print ${String(request.ready)} within ${readyWithinMs} ms`;
  throw new HarnessError('FL_TARGET_FAILED', `${spawned.role} ${what}; its log is ${logFile}:\n${logTail(logFile)}`);
};
