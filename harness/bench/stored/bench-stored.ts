// Whether cost grows with what is stored: ingest and freshness on a database that holds many events, against empty ones. The two can't take turns, so an empty one
// is measured before and another one after, and their mean is what is measured against: a machine that slows down is in it.
import { systemClock } from '../../engine/clock.ts';
import { createWorkerPlayer } from '../../load/play.ts';
import { startLoadWorkers } from '../../load/workers.ts';
import { dropDatabase } from '../../targets/database.ts';
import type { Bed } from '../bed.ts';
import { saturate, type ClosedLoopResult } from '../closed-loop.ts';
import { batchBody, eventBody } from '../events.ts';
import { median, type Figure } from '../figure.ts';
import { demandClean } from '../ingest-one.ts';
import { demandAnswered, freshness, playLive } from '../live-load.ts';
import { openDatabase } from '../open-database.ts';
import { fillStored } from './fill-stored.ts';
import { type Costs, storedFigures } from './stored-figures.ts';

export const usualStoredEvents = 500_000;

const batchEvents = 100;
const rounds = 3;
const secondsARound = 4;
const liveRatePerSecond = 500;
const settleSeconds = 5;
const liveSeconds = 15;

/** At the usual size the empty ones hold a third as much themselves before they are done; what the figure is about needs a database that no cache holds. */
export const createBenchStored =
  (events: number) =>
  async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
    const empty = async (name: string) => (await measureIn(bed, name, say)).costs;
    const before = await empty('bench_stored_before');
    const filled = await measureIn(bed, 'bench_stored', say, events);
    return storedFigures(filled.stored, filled.costs, [before, await empty('bench_stored_after')]);
  };

/** In a database of its own, which goes afterwards: what is left to clean up in it must not be done while the next one is measured. */
const measureIn = async (bed: Bed, name: string, say: (text: string) => void, events = 0) => {
  const database = await bed.database(name);
  const stored = events === 0 ? 0 : await fillStored(bed, database, events, say);
  say(`freshness at ${liveRatePerSecond} events/s, and ingest, with ${stored} events stored`);
  const costs = { freshnessMs: await measureFreshness(bed, database), ...(await measureIngest(bed, database)) };
  await dropDatabase(Object.assign(new URL(database), { pathname: '/postgres' }).href, database);
  return { stored, costs };
};

/** First, while nothing waits: later the workers would have a backlog. Objects are those of the stored events. */
const measureFreshness = async (bed: Bed, database: string): Promise<number> => {
  const ingest = await bed.start('ingest', database);
  const workers = await Promise.all([bed.start('worker', database), bed.start('worker', database)]);
  await using pool = openDatabase(database);
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  const load = { ratePerSecond: liveRatePerSecond, settleSeconds, seconds: liveSeconds };
  const live = { address: ingest.address, systemName: 'bench', eventName: 'live', objects: 5000, ...load };
  const measured = await freshness(pool, live, demandAnswered(await playLive(player, live)));
  for (const { process } of [ingest, ...workers]) await process.stop();
  return measured;
};

/** Without workers, as the benches of ingest alone. */
const measureIngest = async (bed: Bed, database: string): Promise<Omit<Costs, 'freshnessMs'>> => {
  const ingest = await bed.start('ingest', database);
  const sent = { one: 0, batches: 1_000_000 };
  const one = (seconds: number) =>
    saturate({ url: ingest.address, path: '/events', connections: 64, seconds, body: () => eventBody(sent.one++) });
  const batch = (seconds: number) =>
    saturate({ url: ingest.address, path: '/events/batch', connections: 8, seconds, body: () => batchBody(sent.batches++, batchEvents) });
  const ones = await inRounds(one);
  const batches = await inRounds(batch);
  await ingest.process.stop();
  return {
    onePerSecond: median(ones.map(({ requestsPerSecond }) => requestsPerSecond)),
    oneP99Ms: median(ones.map(({ p99Ms }) => p99Ms)),
    batchesPerSecond: median(batches.map(({ requestsPerSecond }) => requestsPerSecond)) * batchEvents,
  };
};

const inRounds = async (round: (seconds: number) => Promise<ClosedLoopResult>): Promise<readonly ClosedLoopResult[]> => {
  await round(2);
  const measured: ClosedLoopResult[] = [];
  for (let n = 1; n <= rounds; n++) measured.push(demandClean(await round(secondsARound)));
  return measured;
};
