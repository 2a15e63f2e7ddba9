// What the generator itself can do: the highest rate that it holds, with what CPU, beside k6; and 5,000 a second against a server on the other core.
import { lookForK6 } from '../drivers/k6/find-k6.ts';
import { systemClock } from '../engine/clock.ts';
import { createWorkerPlayer } from '../load/play.ts';
import type { PhaseResult } from '../load/result.ts';
import { lateRatioAtMost } from '../load/slo/judge-slos.ts';
import { startLoadWorkers } from '../load/workers.ts';
import { type Climbed, climbTogether, type Contender, highestHeld, type Try } from './climb.ts';
import { figure, type Figure } from './figure.ts';
import { runK6Beside } from './k6-beside.ts';
import { playRate, steady } from './load-job.ts';
import { startBareServer } from './start-bare-server.ts';
import { watchCpu } from './watch-cpu.ts';

const ladder = [1000, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 12_000, 15_000] as const;
const seconds = 4;
const settleSeconds = 1;
const openLoopRate = 5000;
const openLoopSeconds = 8;

export const benchGeneratorRate = async (say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  const program = lookForK6(process.env);
  if (program === null) say('k6 is not here (PATH, or FAULTLINE_K6): its figures are left out');
  const ours: Contender = { name: 'ours', attempt: (rate) => tryOurs(rate, signal) };
  const beside: readonly Contender[] = program === null ? [] : [{ name: 'k6', attempt: (rate) => tryK6(program, rate, say, signal) }];
  return figuresOf(await climbTogether([ours, ...beside], ladder, say));
};

const figuresOf = ([ours = new Map<number, number>(), k6]: readonly Climbed[]): readonly Figure[] => {
  const both = highestHeld(k6 === undefined ? [ours] : [ours, k6]);
  const perCpu = (climbed: Climbed): number => both / (climbed.get(both) ?? NaN);
  const highest = k6 === undefined ? null : { what: 'k6', value: highestHeld([k6]) };
  const against =
    k6 === undefined || both === 0 ? null : { what: `k6, with ${k6.get(both)?.toFixed(2)} CPU-seconds a second`, value: perCpu(k6) };
  return [
    figure('generator, highest rate with at most 2 % over 10 ms late', highestHeld([ours]), 'requests/s', highest, null),
    figure(
      `generator, per CPU-second at ${both}/s`,
      perCpu(ours),
      'requests',
      against,
      against === null ? null : { of: 'ratio', atLeast: 1 },
    ),
  ];
};

export const benchOpenLoop = async (say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  say(`${openLoopRate} requests/s, open loop, against a bare server`);
  await using server = await startBareServer();
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  const { phases } = await playRate(player, server.origin, steady(openLoopRate, openLoopSeconds, settleSeconds), 2048, signal);
  const { ok, lateRatio, latencyMs } = phases[1] as PhaseResult;
  return [
    figure(
      `open loop, ${openLoopRate}/s: answered`,
      ok / openLoopSeconds,
      'requests/s',
      { what: 'the rate that was planned', value: openLoopRate },
      { of: 'ratio', atLeast: 0.999 },
    ),
    figure(`open loop, ${openLoopRate}/s: over 10 ms late`, lateRatio * 100, '%', null, { of: 'value', atMost: lateRatioAtMost * 100 }),
    figure(`open loop, ${openLoopRate}/s: p99 from the intended time`, latencyMs.p99 ?? NaN, 'ms', null, null),
  ];
};

const tryOurs = async (rate: number, signal: AbortSignal): Promise<Try> => {
  await using server = await startBareServer();
  const workers = startLoadWorkers(1, systemClock);
  await using player = createWorkerPlayer(workers, systemClock);
  let isRunning = true;
  const watching = watchCpu(workers.pids[0] ?? 0, () => isRunning, seconds);
  try {
    const { phases } = await playRate(player, server.origin, steady(rate, seconds, settleSeconds), 2048, signal);
    isRunning = false;
    const { lateRatio, errorShare } = phases[1] as PhaseResult;
    return { isHeld: lateRatio <= lateRatioAtMost && errorShare === 0, cpuPerSecond: await watching };
  } finally {
    isRunning = false;
  }
};

const tryK6 = async (program: string, rate: number, say: (text: string) => void, signal: AbortSignal): Promise<Try> => {
  await using server = await startBareServer();
  const users = Math.min(1000, Math.max(100, rate / 10));
  const run = { origin: server.origin, ratePerSecond: rate, settleSeconds, seconds, usersAhead: users, users: users * 2 };
  const { dropped, lateRatio, cpuPerSecond } = await runK6Beside(program, run, signal);
  if (dropped > 0)
    say(`k6 dropped ${dropped} arrivals at ${rate}/s: only those are counted as late, for it does not say when the others were due`);
  return { isHeld: lateRatio <= lateRatioAtMost, cpuPerSecond };
};
