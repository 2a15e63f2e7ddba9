// What the generator itself can do: the highest rate that it holds, with what CPU, beside k6; and 5,000 a second against a server on the other core.
import { lookForK6 } from '../drivers/k6/find-k6.ts';
import { systemClock } from '../engine/clock.ts';
import { createWorkerPlayer } from '../load/play.ts';
import type { PhaseResult } from '../load/result.ts';
import { lateRatioAtMost } from '../load/slo/judge-slos.ts';
import { startLoadWorkers } from '../load/workers.ts';
import { figure, type Figure } from './figure.ts';
import { runK6Beside } from './k6-beside.ts';
import { playRate, steady } from './load-job.ts';
import { startBareServer } from './start-bare-server.ts';

const ladder = [1000, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 12_000, 15_000] as const;
const seconds = 4;
const settleSeconds = 1;
const tries = 2;
const openLoopRate = 5000;
const openLoopSeconds = 8;

type Held = { readonly ratePerSecond: number; readonly cpuPerSecond: number };
type Try = { readonly isHeld: boolean; readonly cpuPerSecond: number };

export const benchGeneratorRate = async (say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  const ours = await climb('ours', (rate) => tryOurs(rate, signal), say);
  const program = lookForK6(process.env);
  if (program === null) say('k6 is not here (PATH, or FAULTLINE_K6): its figures are left out');
  const k6 = program === null ? null : await climb('k6', (rate) => tryK6(program, rate, signal), say);
  const against =
    k6 === null ? null : { what: `k6, ${k6.ratePerSecond}/s with ${k6.cpuPerSecond.toFixed(2)} CPU-seconds a second`, value: perCpu(k6) };
  const highest = k6 === null ? null : { what: 'k6', value: k6.ratePerSecond };
  return [
    figure('generator, highest rate with at most 2 % over 10 ms late', ours.ratePerSecond, 'requests/s', highest, null),
    figure('generator, that rate per CPU-second', perCpu(ours), 'requests', against, against === null ? null : { of: 'ratio', atLeast: 1 }),
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

const perCpu = ({ ratePerSecond, cpuPerSecond }: Held): number => ratePerSecond / cpuPerSecond;

/** Up the ladder until a rate is not held, twice: one miss may be the machine's. */
const climb = async (name: string, attempt: (rate: number) => Promise<Try>, say: (text: string) => void): Promise<Held> => {
  let held: Held = { ratePerSecond: 0, cpuPerSecond: NaN };
  for (const rate of ladder) {
    let tried: Try = { isHeld: false, cpuPerSecond: NaN };
    for (let n = 0; n < tries && !tried.isHeld; n += 1) tried = await attempt(rate);
    say(`${name}, ${rate}/s: ${tried.isHeld ? 'held' : 'not held'}, ${tried.cpuPerSecond.toFixed(2)} CPU-seconds a second`);
    if (!tried.isHeld) break;
    held = { ratePerSecond: rate, cpuPerSecond: tried.cpuPerSecond };
  }
  return held;
};

const tryOurs = async (rate: number, signal: AbortSignal): Promise<Try> => {
  await using server = await startBareServer();
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  const { phases, generatorCpuSeconds } = await playRate(player, server.origin, steady(rate, seconds, settleSeconds), 2048, signal);
  const { lateRatio, errorShare } = phases[1] as PhaseResult;
  return { isHeld: lateRatio <= lateRatioAtMost && errorShare === 0, cpuPerSecond: generatorCpuSeconds / (seconds + settleSeconds) };
};

const tryK6 = async (program: string, rate: number, signal: AbortSignal): Promise<Try> => {
  await using server = await startBareServer();
  const users = Math.min(1000, Math.max(100, rate / 10));
  const run = { origin: server.origin, ratePerSecond: rate, seconds: seconds + settleSeconds, usersAhead: users, users: users * 2 };
  const { lateRatio, cpuPerSecond } = await runK6Beside(program, run, signal);
  return { isHeld: lateRatio <= lateRatioAtMost, cpuPerSecond };
};
