// How soon an event that was received is a row in `events`, at 1,500 events a second against 150: both open loop, one event a request, two workers. The
// rates take turns, so that a machine that slows down slows both.
import { systemClock } from '../engine/clock.ts';
import { createWorkerPlayer } from '../load/play.ts';
import { startLoadWorkers } from '../load/workers.ts';
import type { Bed } from './bed.ts';
import { figure, median, type Figure } from './figure.ts';
import { demandOnTime, freshness, playLive } from './live-load.ts';
import { openDatabase } from './open-database.ts';

const fullRate = 1500;
const tenthRate = 150;
const rounds = 3;
const settleSeconds = 3;
const secondsARound = 8;
const freshnessBudgetMs = 250;

type Measured = { readonly freshness: number; readonly ingest: number };

export const benchFreshness = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const database = await bed.database('bench_freshness');
  const ingest = await bed.start('ingest', database);
  const workers = await Promise.all([bed.start('worker', database), bed.start('worker', database)]);
  await using pool = openDatabase(database);
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  const measure = async (ratePerSecond: number, round: number): Promise<Measured> => {
    say(`freshness at ${ratePerSecond} events/s, round ${round} of ${rounds}`);
    const live = {
      address: ingest.address,
      systemName: 'bench',
      eventName: `live-${ratePerSecond}-${round}`,
      objects: 5000,
      ratePerSecond,
      settleSeconds,
      seconds: secondsARound,
    };
    const played = demandOnTime(await playLive(player, live));
    return { freshness: await freshness(pool, live, played), ingest: played.latencyMs.p99 ?? NaN };
  };
  const measured: { readonly tenth: Measured; readonly full: Measured }[] = [];
  for (let round = 1; round <= rounds; round++)
    measured.push({ tenth: await measure(tenthRate, round), full: await measure(fullRate, round) });
  for (const { process } of [ingest, ...workers]) await process.stop();
  const compared = (name: string, of: keyof Measured, bound: Parameters<typeof figure>[4]): Figure => {
    const against = { what: `the same at ${tenthRate} events/s`, value: median(measured.map(({ tenth }) => tenth[of])) };
    const ratio = median(measured.map(({ tenth, full }) => full[of] / tenth[of]));
    return figure(name, median(measured.map(({ full }) => full[of])), 'ms', against, bound, ratio);
  };
  return [
    compared(`freshness p99 at ${fullRate} events/s, from receipt to row`, 'freshness', { of: 'value', atMost: freshnessBudgetMs }),
    compared('ingest p99 beside it, from the intended time', 'ingest', null),
  ];
};
