// k6 beside our own generator, as k6 is meant to be used: nothing is written for each request, its own summary says what it measured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from '../engine/machine/process-cpu.ts';
import { body } from './load-job.ts';

export type K6Run = {
  readonly origin: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly usersAhead: number;
  readonly users: number;
};

export type K6Figures = {
  readonly sent: number;
  readonly dropped: number;
  /** Share of all arrivals that were over 10 ms late, or dropped. */
  readonly lateRatio: number;
  readonly latencyMs: { readonly p90: number; readonly p95: number; readonly p99: number };
  /** CPU seconds a second, over the middle of the run. */
  readonly cpuPerSecond: number;
};

type Summary = { readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>> };

const scriptOf = ({ origin, ratePerSecond, seconds, usersAhead, users }: K6Run): string => `import http from 'k6/http';
import exec from 'k6/execution';
import { Rate } from 'k6/metrics';
const late = new Rate('late');
export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['p(90)', 'p(95)', 'p(99)'],
  scenarios: { rate: { executor: 'constant-arrival-rate', rate: ${ratePerSecond}, timeUnit: '1s', duration: '${seconds}s', preAllocatedVUs: ${usersAhead}, maxVUs: ${users} } },
};
const headers = { 'content-type': 'application/json' };
export default function () {
  const { startTime, iterationInTest } = exec.scenario;
  late.add(Date.now() - startTime - (iterationInTest * 1000) / ${ratePerSecond} > 10);
  http.post('${origin}/', '${body}', { headers });
}
export const handleSummary = (data) => ({ 'summary.json': JSON.stringify(data) });
`;

const everyMs = 200;
const skippedMs = 1000;

/** Rejects where k6 does not end well. `onStarted` is called when its process is there. */
export const runK6Beside = async (
  program: string,
  run: K6Run,
  signal: AbortSignal,
  onStarted: () => void = () => {},
): Promise<K6Figures> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-k6-'));
  try {
    await writeFile(join(folder, 'script.js'), scriptOf(run));
    const child = spawn(program, ['run', '--quiet', '--no-usage-report', '--address', '', 'script.js'], {
      cwd: folder,
      stdio: 'ignore',
      signal,
    });
    const exited = once(child, 'exit');
    onStarted();
    const cpuPerSecond = await watchCpu(child.pid ?? 0, () => child.exitCode === null && child.signalCode === null);
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`k6 ended with code ${code}`);
    return figuresOf(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')) as Summary, cpuPerSecond);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The beginning, in which k6 makes its users, and the end are left out. */
const watchCpu = async (pid: number, isRunning: () => boolean): Promise<number> => {
  const samples: { readonly at: number; readonly cpu: number }[] = [];
  while (isRunning()) {
    const cpu = await cpuSecondsOf([pid], false);
    if (cpu !== null) samples.push({ at: performance.now(), cpu });
    await delay(everyMs);
  }
  const begin = samples.find(({ at }) => at - (samples[0]?.at ?? 0) >= skippedMs);
  const end = samples.at(-3);
  return begin === undefined || end === undefined || end.at <= begin.at ? NaN : ((end.cpu - begin.cpu) * 1000) / (end.at - begin.at);
};

const figuresOf = ({ metrics }: Summary, cpuPerSecond: number): K6Figures => {
  const value = (metric: string, name: string): number => {
    const found = metrics[metric]?.values[name];
    if (found === undefined) throw new Error(`k6's summary has no ${name} of ${metric}: this version of k6 can not be measured`);
    return found;
  };
  // k6 leaves a counter out of its summary that never counted.
  const dropped = metrics['dropped_iterations'] === undefined ? 0 : value('dropped_iterations', 'count');
  const sent = value('iterations', 'count');
  const late = value('late', 'rate') * sent + dropped;
  const at = (percentile: number): number => value('http_req_duration', `p(${percentile})`);
  return {
    sent,
    dropped,
    lateRatio: late / Math.max(1, sent + dropped),
    latencyMs: { p90: at(90), p95: at(95), p99: at(99) },
    cpuPerSecond,
  };
};
