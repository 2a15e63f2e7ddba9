// A read model built anew from a large log under live traffic, switched to and back: how old the oldest read is meanwhile, and how fast it goes.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { request } from 'undici';
import type { Bed } from '../bed.ts';
import { batchBody } from '../events.ts';
import type { Figure } from '../figure.ts';
import { startLiveTraffic, type LiveTraffic } from './live-traffic.ts';
import { type Built, rebuildFigures } from './rebuild-figures.ts';

export const usualRebuildEvents = 60_000;
const liveRatePerSecond = 500;
const batchEvents = 500;
const calmSeconds = 5;
const readSeconds = 4;

export const createBenchRebuild =
  (events: number) =>
  async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
    const database = await bed.database('bench_rebuild');
    const ingest = await bed.start('ingest', database);
    say(`a log of ${events} events`);
    await fill(ingest.address, events);
    const workers = [await bed.start('worker', database), await bed.start('worker', database)];
    const query = await bed.start('query', database);
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      await until('the first version has caught up', () => lag(client, 1).then((behind) => behind === 0), events);
      const live = startLiveTraffic(ingest.address, query.address, liveRatePerSecond);
      const measured = async () => {
        await sleep(calmSeconds * 1000);
        const calm = live.takeReads();
        return { calm, built: await rebuild(query.address, client, live, events, say) };
      };
      try {
        // Whichever fails first: without live traffic nothing is measured.
        const { calm, built } = await Promise.race([measured(), live.failed]);
        return rebuildFigures(events, calm, built);
      } finally {
        await live.stop();
      }
    } finally {
      await client.end();
      for (const worker of workers) await worker.process.stop();
    }
  };

const rebuild = async (
  query: string,
  client: pg.Client,
  live: LiveTraffic,
  events: number,
  say: (text: string) => void,
): Promise<Built> => {
  say(`version 2 is built under ${liveRatePerSecond} events a second`);
  const startedAt = performance.now();
  await ask(query, 'start', { same_code: true });
  await until('the new version has caught up', () => lag(client, 2).then((behind) => behind < liveRatePerSecond / 2), events);
  const seconds = (performance.now() - startedAt) / 1000;
  await ask(query, 'compare');
  await until('the comparison is done', () => isCompared(client), events);
  const building = live.takeReads();
  say('switched to, and back');
  await ask(query, 'switch');
  await sleep(readSeconds * 1000);
  await ask(query, 'back');
  await sleep(readSeconds * 1000);
  return { seconds, building, switching: live.takeReads() };
};

const fill = async (address: string, events: number): Promise<void> => {
  for (let n = 0; n < Math.ceil(events / batchEvents); n += 1) {
    const { statusCode, body } = await request(`${address}/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: batchBody(20_000_000 / batchEvents + n, batchEvents),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the log could not be filled: ${statusCode} ${text.slice(0, 300)}`);
  }
};

const ask = async (query: string, action: string, more: Record<string, unknown> = {}): Promise<void> => {
  const { statusCode, body } = await request(`${query}/rebuilds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ read_model: 'timelines', action, requested_by: 'bench', why: 'a figure', ...more }),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${action} was answered ${statusCode}: ${text.slice(0, 300)}`);
};

const lag = async (client: pg.Client, version: number): Promise<number> => {
  const { rows } = await client.query<{ behind: number | null }>(
    `select sum(l.head - c.position)::float8 as behind from checkpoints c join lanes l using (lane) where c.version = $1`,
    [version],
  );
  return rows[0]?.behind ?? Number.POSITIVE_INFINITY;
};

const isCompared = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ outcome: string | null; differing: string }>(
    'select outcome, differing from rebuild_comparisons order by comparison desc limit 1',
  );
  if (rows[0]?.outcome === 'different') throw new Error(`${rows[0].differing} keys differ: the figure would be one of something else`);
  return rows[0]?.outcome === 'equal';
};

/** Bounded by what the machine should do at the very least: 500 events a second. */
const until = async (what: string, holds: () => Promise<boolean>, events: number): Promise<void> => {
  const endsAt = performance.now() + 60_000 + (events / 500) * 1000;
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error(`not in time: ${what}`);
    await sleep(100);
  }
};
