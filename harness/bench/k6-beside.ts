// k6 beside our own generator, as k6 is meant to be used: nothing is written for each request, its own summary says what it measured.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { body } from './load-job.ts';
import { watchCpu } from './watch-cpu.ts';

export type K6Run = {
  readonly origin: string;
  readonly ratePerSecond: number;
  /** At the same rate before what is measured, and in none of its figures but those of latency; 0: none. */
  readonly settleSeconds: number;
  readonly seconds: number;
  readonly usersAhead: number;
  readonly users: number;
};

export type K6Figures = {
  readonly sent: number;
  readonly dropped: number;
  /**
   * Share of all arrivals that were over 10 ms late. Once k6 has dropped any, only those: a dropped arrival gets no number, so that nobody can say for which
   * times the others after it were meant. A lower bound then, in k6's favour.
   */
  readonly lateRatio: number;
  readonly latencyMs: { readonly p90: number; readonly p95: number; readonly p99: number };
  /** CPU seconds a second, of what is measured. */
  readonly cpuPerSecond: number;
};

type Summary = { readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>> };

const droppedMetric = 'dropped_iterations{scenario:steady}';

/** What settles is a scenario of its own: k6 counts iterations, and those that it dropped, for each. It keeps the second apart where a threshold names it, which is never missed here. */
export const scriptOf = ({
  origin,
  ratePerSecond,
  settleSeconds,
  seconds,
  usersAhead,
  users,
}: K6Run): string => `import http from 'k6/http';
import exec from 'k6/execution';
import { Rate } from 'k6/metrics';
const late = new Rate('late');
export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['p(90)', 'p(95)', 'p(99)'],
  thresholds: { '${droppedMetric}': ['count>=0'] },
  scenarios: ${JSON.stringify(scenariosOf({ ratePerSecond, settleSeconds, seconds, usersAhead, users }))},
};
const headers = { 'content-type': 'application/json' };
export default function () {
  const { startTime, iterationInTest } = exec.scenario;
  late.add(Date.now() - startTime - (iterationInTest * 1000) / ${ratePerSecond} > 10);
  settle();
}
export function settle() {
  http.post('${origin}/', '${body}', { headers });
}
export const handleSummary = (data) => ({ 'summary.json': JSON.stringify(data) });
`;

const scenariosOf = ({ ratePerSecond, settleSeconds, seconds, usersAhead, users }: Omit<K6Run, 'origin'>): object => {
  const rate = { executor: 'constant-arrival-rate', rate: ratePerSecond, timeUnit: '1s', preAllocatedVUs: usersAhead, maxVUs: users };
  const steady = { ...rate, duration: `${seconds}s`, startTime: `${settleSeconds}s` };
  return settleSeconds === 0
    ? { steady }
    : { settle: { ...rate, duration: `${settleSeconds}s`, exec: 'settle', gracefulStop: '0s' }, steady };
};

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
    // An interruption, or a program that can't be started, is told once it has ended, and not before somebody waits for it.
    exited.catch(() => undefined);
    onStarted();
    const cpuPerSecond = await watchCpu(child.pid ?? 0, () => child.exitCode === null && child.signalCode === null, run.seconds);
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`k6 ended with code ${code}`);
    return figuresOf(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')) as Summary, cpuPerSecond);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const figuresOf = ({ metrics }: Summary, cpuPerSecond: number): K6Figures => {
  const value = (metric: string, name: string): number => {
    const found = metrics[metric]?.values[name];
    if (found === undefined) throw new Error(`k6's summary has no ${name} of ${metric}: this version of k6 can not be measured`);
    return found;
  };
  // k6 leaves a counter out of its summary that never counted.
  const dropped = metrics[droppedMetric] === undefined ? 0 : value(droppedMetric, 'count');
  // Only what is measured is asked for its lateness: `passes` were late.
  const lateSent = value('late', 'passes');
  const sent = lateSent + value('late', 'fails');
  const late = dropped === 0 ? lateSent : dropped;
  const at = (percentile: number): number => value('http_req_duration', `p(${percentile})`);
  return {
    sent,
    dropped,
    lateRatio: late / Math.max(1, sent + dropped),
    latencyMs: { p90: at(90), p95: at(95), p99: at(99) },
    cpuPerSecond,
  };
};
