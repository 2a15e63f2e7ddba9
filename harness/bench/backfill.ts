// Backfill: how fast a file comes in beside live traffic, and what live traffic feels of it: its p99 with the import against without. And what the index of
// identities, which the first import makes, costs the workers: a backlog through every processor with it, against without.
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { systemClock } from '../engine/clock.ts';
import { createWorkerPlayer } from '../load/play.ts';
import { startLoadWorkers } from '../load/workers.ts';
import { spawnProcess } from '../stack/processes.ts';
import type { Bed } from './bed.ts';
import { drainBacklog } from './drain-backlog.ts';
import { eventBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';
import { demandAnswered, freshness, type Live, playLive } from './live-load.ts';
import { openDatabase } from './open-database.ts';
import { createWorkshop, type Workshop } from './workshop.ts';

const liveRate = 200;
/** What a system that has just started takes longer for is not what it is compared with. */
const coldSeconds = 5;
const aloneSeconds = 10;
const besideSeconds = 25;
const lines = 100_000;
/** The goal, and the top rate of an import by itself. */
const goalPerSecond = 8000;
const freshnessBudgetMs = 250;

const ops = fileURLToPath(new URL(`../../system/main/ops${extname(import.meta.url)}`, import.meta.url));
/** As the first import makes it. */
const makeIndex = `create index events_identity on events (hashtextextended(idempotency_key, 0)) where idempotency_key is not null`;
const noIndex = 'drop index if exists events_identity';

export const benchBackfill = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => [
  ...(await besideLive(bed, say)),
  await costOfIndex(bed, say),
];

const besideLive = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  await using workshop = await createWorkshop();
  const database = await bed.database('bench_backfill');
  const ingest = await bed.start('ingest', database);
  const running = [await bed.start('worker', database), await bed.start('worker', database), await bed.start('query', database)] as const;
  await using pool = openDatabase(database);
  await using player = createWorkerPlayer(startLoadWorkers(1, systemClock), systemClock);
  const file = join(workshop.folder, 'past.ndjson');
  await writeFile(
    file,
    Array.from({ length: lines }, (_, n) => `${eventBody(50_000_000 + n)}\n`),
  );
  say(`live traffic of ${liveRate}/s alone, ${aloneSeconds} s`);
  const ofAlone = { ...liveTraffic(ingest.address, 'alone', aloneSeconds), settleSeconds: coldSeconds };
  const alone = demandAnswered(await playLive(player, ofAlone));
  say(`the same beside an import of ${lines} lines, ${besideSeconds} s`);
  const ofBeside = liveTraffic(ingest.address, 'beside', besideSeconds);
  const [beside, linesPerSecond] = await Promise.all([
    playLive(player, ofBeside).then(demandAnswered),
    importBeside(workshop, { file, queryUrl: running[2].address, pool }),
  ]);
  const [freshAlone, freshBeside] = [await freshness(pool, ofAlone, alone), await freshness(pool, ofBeside, beside)];
  for (const { process } of [ingest, ...running]) await process.stop();
  const asked = { what: 'the rate that it was allowed', value: goalPerSecond };
  const against = (value: number) => ({ what: 'live traffic alone', value });
  return [
    figure(`backfill beside ${liveRate}/s of live traffic`, linesPerSecond, 'lines/s', asked, { of: 'value', atLeast: goalPerSecond }),
    figure('live ingest p99 beside it', beside.latencyMs.p99 ?? NaN, 'ms', against(alone.latencyMs.p99 ?? NaN), null),
    figure('live freshness p99 beside it', freshBeside, 'ms', against(freshAlone), { of: 'value', atMost: freshnessBudgetMs }),
  ];
};

const liveTraffic = (address: string, name: string, seconds: number): Live => ({
  address,
  systemName: `live-${name}`,
  eventName: `live-${name}`,
  objects: 100,
  ratePerSecond: liveRate,
  settleSeconds: 0,
  seconds,
});

type Beside = { readonly file: string; readonly queryUrl: string; readonly pool: Pool };

/** Lines a second, from the ledger: from its first commit to its last within the live traffic. */
const importBeside = async ({ logFolder, registry }: Workshop, { file, queryUrl, pool }: Beside): Promise<number> => {
  const args = [ops, '--url', queryUrl, 'import', file, '--why', 'a bench'];
  const started = await spawnProcess({
    command: process.execPath,
    args,
    env: {},
    role: 'ops',
    registry,
    logFile: join(logFolder, 'ops.log'),
  });
  await Promise.race([started.exited, new Promise((resolve) => setTimeout(resolve, besideSeconds * 1000))]);
  await started.stop();
  const { rows } = await pool.query<{ rate: number }>(
    `select (sum(appended) / greatest(extract(epoch from max(at) - min(at)), 0.001))::double precision as rate from import_ledger`,
  );
  return rows[0]?.rate ?? 0;
};

const rounds = 2;

const costOfIndex = async (bed: Bed, say: (text: string) => void): Promise<Figure> => {
  const measured: { readonly without: number; readonly withIndex: number }[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`the index of identities, round ${round} of ${rounds}`);
    const { eventsPerSecond: without } = await drainBacklog(bed, `bench_without_${round}`, say, { prepare: noIndex });
    const { eventsPerSecond: withIndex } = await drainBacklog(bed, `bench_with_${round}`, say, { prepare: makeIndex });
    measured.push({ without, withIndex });
  }
  const against = { what: 'the same without the index', value: median(measured.map(({ without }) => without)) };
  const ratio = median(measured.map(({ without, withIndex }) => withIndex / without));
  const value = median(measured.map(({ withIndex }) => withIndex));
  return figure('workers, with the index of identities', value, 'events/s', against, null, ratio);
};
