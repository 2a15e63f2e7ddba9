// Batches of 100, durable and deduped, against PostgreSQL alone taking the same rows with neither dedupe nor order.
import pg from 'pg';
import type { Bed } from './bed.ts';
import { saturate } from './closed-loop.ts';
import { batchBody, eventBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';
import { demandClean } from './ingest-one.ts';

const batchEvents = 100;
const connections = 8;
const rounds = 3;
const secondsARound = 4;

export const benchIngestBatches = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const ingest = await bed.start('ingest', await bed.database('bench_batches'));
  const bare = await bed.database('bench_bare');
  const durable: number[] = [];
  const plain: number[] = [];
  let sent = 1_000_000;
  const round = (seconds: number) =>
    saturate({ url: ingest.address, path: '/events/batch', connections, seconds, body: () => batchBody(sent++, batchEvents) });
  await round(1);
  for (let n = 1; n <= rounds; n++) {
    say(`batches of ${batchEvents}, round ${n} of ${rounds}`);
    durable.push(demandClean(await round(secondsARound)).requestsPerSecond * batchEvents);
    plain.push(await insertPlainly(bare, secondsARound));
  }
  await ingest.process.stop();
  const against = { what: 'PostgreSQL alone: two connections, insert of 500 rows a commit, no dedupe, no order', value: median(plain) };
  return [figure('ingest, batches of 100', median(durable), 'events/s', against, { of: 'value', atLeast: 25_000 })];
};

/** Rows a second that the same server takes from two connections, one commit for 500 rows. */
const insertPlainly = async (url: string, seconds: number): Promise<number> => {
  const until = performance.now() + seconds * 1000;
  const counts = await Promise.all([1, 2].map((part) => insertUntil(url, part, until)));
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
};

const insertUntil = async (url: string, part: number, until: number): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create table if not exists plain_${part} (id bigint generated always as identity primary key, body text not null)`);
    const rows = Array.from({ length: 500 }, (_, n) => eventBody(n));
    let count = 0;
    while (performance.now() < until) {
      await client.query(`insert into plain_${part} (body) select unnest($1::text[])`, [rows]);
      count += rows.length;
    }
    return count;
  } finally {
    await client.end();
  }
};
