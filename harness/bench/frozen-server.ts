// A server that is frozen for two of ten seconds, under a constant rate: those who come meanwhile wait, evenly, from two seconds down to nothing. What a tool
// reports of that is the test of whether it can be believed.
import autocannon from 'autocannon';
import { setTimeout as delay } from 'node:timers/promises';
import { lookForK6 } from '../drivers/k6/find-k6.ts';
import { systemClock } from '../engine/clock.ts';
import { createWorkerPlayer } from '../load/play.ts';
import { startLoadWorkers } from '../load/workers.ts';
import { figure, type Figure } from './figure.ts';
import { runK6Beside } from './k6-beside.ts';
import { body, playRate, steady } from './load-job.ts';
import { startBareServer, type BareServer } from './start-bare-server.ts';

const rates = [100, 200, 400] as const;
const besideRate = 200;
const seconds = 10;
const frozenSeconds = 2;
const frozenAfterMs = 4000;
const warmUp = { ratePerSecond: 1000, seconds: 2 };

type Percentile = 90 | 95 | 99;
const percentiles: readonly Percentile[] = [90, 95, 99];

/** P(latency > x) = (frozen - x) / all: x = frozen - (1 - p) · all. */
export const analyticMs = (percentile: Percentile, frozenMs: number): number => frozenMs - (1 - percentile / 100) * seconds * 1000;

export const benchFrozenServer = async (say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const rate of rates) {
    say(`a server frozen for ${frozenSeconds} s under ${rate} requests/s`);
    figures.push(...(await ours(rate, signal)));
  }
  const k6 = lookForK6(process.env);
  if (k6 === null) say('k6 is not here (PATH, or FAULTLINE_K6): its figures are left out');
  else for (const users of [500, 50]) figures.push(...(await byK6(k6, users, say, signal)));
  figures.push(...(await byAutocannon(say)));
  return figures;
};

const ours = async (rate: number, signal: AbortSignal): Promise<readonly Figure[]> => {
  await using server = await startBareServer();
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  // What thaws must not meet code that runs for the first time, on either side: all that had to wait is answered at once then.
  await playRate(player, server.origin, steady(warmUp.ratePerSecond, warmUp.seconds), 256, signal);
  const running = playRate(player, server.origin, steady(rate, seconds), 2048, signal);
  const freezing = freezeSoon(server);
  const { latencyMs, errorShare } = (await running).phases[0] as NonNullable<Awaited<typeof running>['phases'][0]>;
  if (errorShare > 0)
    throw new Error(`${errorShare * 100}% of the requests to the frozen server ended with an error: nothing was measured`);
  const frozenMs = await freezing;
  const measured = { 90: latencyMs.p90, 95: latencyMs.p95, 99: latencyMs.p99 };
  return percentiles.map((percentile) =>
    figure(`frozen server, ${rate}/s, p${percentile}`, measured[percentile] ?? NaN, 'ms', analytic(percentile, frozenMs), {
      of: 'ratio',
      atLeast: 0.95,
      atMost: 1.05,
    }),
  );
};

const analytic = (percentile: Percentile, frozenMs: number): NonNullable<Figure['against']> => ({
  what: `the analytic value for ${Math.round(frozenMs)} ms`,
  value: analyticMs(percentile, frozenMs),
});

/** Resolves to how long it was frozen. */
const freezeSoon = async (server: BareServer): Promise<number> => {
  await delay(frozenAfterMs);
  return server.freeze(frozenSeconds * 1000);
};

const byK6 = async (program: string, users: number, say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  say(`the same by k6, with ${users} virtual users ahead`);
  await using server = await startBareServer();
  const run = { origin: server.origin, ratePerSecond: besideRate, settleSeconds: 0, seconds, usersAhead: users, users };
  let freezing = Promise.resolve(NaN);
  const { latencyMs, dropped } = await runK6Beside(program, run, signal, () => void (freezing = freezeSoon(server)));
  const frozenMs = await freezing;
  const name = `frozen server, ${besideRate}/s, by k6 with ${users} users (${dropped} arrivals dropped)`;
  return percentiles.map((percentile) =>
    figure(`${name}, p${percentile}`, latencyMs[`p${percentile}`], 'ms', analytic(percentile, frozenMs), null),
  );
};

/** It is there; the types of autocannon do not know it. */
const samplesOf = (latency: object): string => ('totalCount' in latency ? String(latency.totalCount) : 'an unknown number of');

/** autocannon reports no p95. Its samples are more than its requests: it makes some up to correct for its own waiting. */
const byAutocannon = async (say: (text: string) => void): Promise<readonly Figure[]> => {
  say('the same by autocannon with a rate');
  await using server = await startBareServer();
  const freezing = freezeSoon(server);
  const result = await autocannon({
    url: server.origin,
    method: 'POST',
    body,
    connections: 50,
    duration: seconds,
    overallRate: besideRate,
  });
  const name = `frozen server, ${besideRate}/s, by autocannon (${result['2xx']} requests, ${samplesOf(result.latency)} samples)`;
  const frozenMs = await freezing;
  return [
    figure(`${name}, p90`, result.latency.p90, 'ms', analytic(90, frozenMs), null),
    figure(`${name}, p99`, result.latency.p99, 'ms', analytic(99, frozenMs), null),
  ];
};
