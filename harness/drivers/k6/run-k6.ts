// Runs the k6 program on a script of the load tool: its samples into a file, its metrics by OTLP where there is a stack, what it prints into a log.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import { k6Arguments, k6Failure, type SpawnK6 } from './k6-call.ts';
import type { K6Plan } from './k6-plan.ts';
import { type K6Metrics, otlpEnvironment } from './otlp-environment.ts';
import { type K6Output, readPoints } from './read-points.ts';
import { k6Script, requestsFile, scriptFile } from './script.ts';

export type RunK6Options = {
  readonly program: string;
  /** Where script, requests and samples are written. */
  readonly folder: string;
  readonly spawn: SpawnK6;
  /** Null: its metrics go nowhere. */
  readonly metrics: K6Metrics | null;
  readonly signal: AbortSignal;
  readonly onStarted?: (pid: number) => void;
};

export const writeK6Files = async (folder: string, plan: K6Plan): Promise<string> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, requestsFile), JSON.stringify(plan.requests));
  const script = join(folder, scriptFile);
  await writeFile(script, k6Script(plan));
  return script;
};

/** Rejects with FL_DRIVER_FAILED where k6 did not do its work. */
export const runK6 = async (script: string, { program, folder, spawn, metrics, signal, onStarted }: RunK6Options): Promise<K6Output> => {
  await mkdir(folder, { recursive: true });
  const points = join(folder, 'points.ndjson');
  const args = k6Arguments({ samplesTo: points, sendsMetrics: metrics !== null, script });
  await using child = await spawn(program, args, metrics === null ? {} : otlpEnvironment(metrics));
  onStarted?.(child.pid);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new HarnessError('FL_INTERRUPTED', 'k6 was interrupted; nothing was judged'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const failure = k6Failure(await Promise.race([child.exited, aborted.promise]), child.logFile);
    if (failure !== null) throw failure;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return await readPoints(points);
};
