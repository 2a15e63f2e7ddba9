// Runs the k6 program on a script: its samples into a file, its metrics by OTLP where there is a stack, what it prints into a log.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import type { K6Plan } from './k6-plan.ts';
import { type K6Output, readPoints } from './read-points.ts';
import { k6Script, requestsFile, scriptFile } from './script.ts';

export type K6Child = AsyncDisposable & {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly logFile: string;
};

export type SpawnK6 = (program: string, args: readonly string[], environment: Readonly<Record<string, string>>) => Promise<K6Child>;

export type RunK6Options = {
  readonly program: string;
  /** Where script, requests and samples are written. */
  readonly folder: string;
  readonly spawn: SpawnK6;
  /** Base URL of a receiver of OTLP over HTTP; null: metrics go nowhere. */
  readonly otlpUrl: string | null;
  readonly signal: AbortSignal;
  readonly onStarted?: (pid: number) => void;
};

/** k6 ends so when thresholds of a script are missed: what it measured is whole. */
const thresholdsMissed = 99;

export const writeK6Files = async (folder: string, plan: K6Plan): Promise<string> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, requestsFile), JSON.stringify(plan.requests));
  const script = join(folder, scriptFile);
  await writeFile(script, k6Script(plan));
  return script;
};

/** Rejects with FL_DRIVER_FAILED where k6 did not do its work. */
export const runK6 = async (script: string, { program, folder, spawn, otlpUrl, signal, onStarted }: RunK6Options): Promise<K6Output> => {
  await mkdir(folder, { recursive: true });
  const points = join(folder, 'points.ndjson');
  const outputs = [`json=${points}`, ...(otlpUrl === null ? [] : ['opentelemetry'])];
  // No address: its control API would take a port that others may use.
  const args = ['run', '--quiet', '--no-usage-report', '--address', '', ...outputs.flatMap((output) => ['--out', output]), script];
  await using child = await spawn(program, args, otlpUrl === null ? {} : otlpEnvironment(otlpUrl));
  onStarted?.(child.pid);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new HarnessError('FL_INTERRUPTED', 'k6 was interrupted; nothing was judged'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { code, signal: by } = await Promise.race([child.exited, aborted.promise]);
    if (code !== 0 && code !== thresholdsMissed)
      throw new HarnessError('FL_DRIVER_FAILED', `k6 ended with ${by ?? `code ${code}`}; what it said is in ${child.logFile}`);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return readPoints(points);
};

/** https://grafana.com/docs/k6/latest/results-output/real-time/opentelemetry/ */
export const otlpEnvironment = (otlpUrl: string): Readonly<Record<string, string>> => {
  const { host, protocol, pathname } = new URL(otlpUrl);
  return {
    K6_OTEL_EXPORTER_PROTOCOL: 'http/protobuf',
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: host,
    K6_OTEL_HTTP_EXPORTER_INSECURE: String(protocol === 'http:'),
    K6_OTEL_HTTP_EXPORTER_URL_PATH: `${pathname.replace(/\/$/, '')}/v1/metrics`,
    K6_OTEL_EXPORT_INTERVAL: '1s',
    K6_OTEL_METRIC_PREFIX: 'k6_',
  };
};
