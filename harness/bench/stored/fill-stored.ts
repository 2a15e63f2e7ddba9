// A database with so many events in it as if all of them had come through the door: the first ones do, the workers take them through every processor, and the
// rest are copies of them. Nothing is measured on it before its books add up and it works.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { request } from 'undici';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { bookTerms } from '../../history/book-sample.ts';
import { booksIn } from '../../targets/faultline/books.ts';
import { pendingIn } from '../../targets/faultline/pending.ts';
import type { Bed } from '../bed.ts';
import { batchBody, eventBody } from '../events.ts';
import { openDatabase } from '../open-database.ts';
import { multiplyLog } from './multiply-log.ts';

const mostOriginals = 20_000;
const batchEvents = 100;
const drainedWithinMs = 120_000;
const idleMs = 3000;

/** How many come through the door, and how many there are of each in the end: as near to `events` as whole copies come. */
export const planFill = (events: number): { readonly originals: number; readonly times: number } => {
  const originals = Math.min(mostOriginals, Math.floor(events / 2 / batchEvents) * batchEvents);
  return { originals, times: Math.round(events / originals) };
};

/** Resolves to how many it holds. */
export const fillStored = async (bed: Bed, database: string, events: number, say: (text: string) => void): Promise<number> => {
  const { originals, times } = planFill(events);
  const stored = originals * times;
  await using pool = openDatabase(database);
  say(`${originals} events through the door and all processors`);
  await running(bed, database, async (address) => {
    await send(address, originals);
    await drained(pool);
  });
  say(`multiplied by ${times} to ${stored}`);
  const client = await pool.connect();
  try {
    await multiplyLog(client, times - 1, say);
  } finally {
    client.release(true);
  }
  await demandCounts(pool, stored);
  await running(bed, database, (address) => demandAlive(pool, address, stored));
  return stored + 1;
};

/** With an ingest process and two workers, which are stopped after. */
const running = async (bed: Bed, database: string, work: (address: string) => Promise<void>): Promise<void> => {
  const ingest = await bed.start('ingest', database);
  const workers = await Promise.all([bed.start('worker', database), bed.start('worker', database)]);
  await work(ingest.address);
  for (const { process } of [ingest, ...workers]) await process.stop();
};

const send = async (address: string, events: number): Promise<void> => {
  for (let n = 0; n < events / batchEvents; n++)
    await post(`${address}/events/batch`, batchBody(30_000_000 / batchEvents + n, batchEvents));
};

const post = async (url: string, text: string): Promise<void> => {
  const { statusCode, body } = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  const answer = await body.text();
  if (statusCode !== 200 && statusCode !== 201) throw new Error(`the log could not be filled: ${statusCode} ${answer.slice(0, 300)}`);
};

const drained = async (pool: Pool): Promise<void> => {
  const { done, last } = await waitUntil(
    () => pendingIn(pool),
    (pending) => pending.length === 0,
    { clock: systemClock, withinMs: drainedWithinMs, everyMs: 100 },
  );
  if (!done) throw new Error(`after ${drainedWithinMs / 1000} s: ${last.join('; ')}`);
};

/** `unordered`: keys of timelines without an order, or the other way round. A lane is gapless where it has as many events as its highest position. */
const selectCounts = `
  select (select sum(head) from lanes)::float8 as "heads", (select count(*) from log)::float8 as "log", (select count(*) from identities)::float8 as "identities",
         (select count(*) from events)::float8 as "events", (select count(*) from timeline_entries)::float8 as "entries",
         (select sum(entries) from timelines)::float8 as "timelines", (select sum(count) from minute_counts)::float8 as "minutes",
         (select count(*) from timelines t full join key_order k on (k.processor, k.version, k.tenant, k.system_name, k.object_id)
            = ('timelines', t.version, t.tenant, t.system_name, t.object_id) where t.version is null or k.version is null)::float8 as "unordered",
         (select count(*) from (select lane from log group by lane having count(*) <> max(position)) g)::float8 as "gaps"`;

export const demandCounts = async (pool: Pool, events: number): Promise<void> => {
  const counts = (await pool.query<Record<string, number>>(selectCounts)).rows[0] ?? {};
  const { gaps, unordered, ...amounts } = counts;
  const isWhole = gaps === 0 && unordered === 0 && Object.values(amounts).every((amount) => amount === events);
  if (!isWhole) throw new Error(`${events} events should be stored, but there are ${JSON.stringify(counts)}`);
  await demandBooks(pool);
};

const demandBooks = async (pool: Pool): Promise<void> => {
  const { rows } = await booksIn(pool);
  const wrong = rows.filter((row) => row.position !== row.head || row.position !== bookTerms.reduce((sum, term) => sum + row[term], 0));
  if (rows.length === 0 || wrong.length > 0) throw new Error(`the books of a filled database do not add up: ${JSON.stringify(wrong)}`);
};

/** The workers find nothing to do; and what comes now goes its way. */
const demandAlive = async (pool: Pool, address: string, stored: number): Promise<void> => {
  await sleep(idleMs);
  const applied = async () => (await booksIn(pool)).rows.map((row) => row.applied).reduce((sum, count) => sum + count, 0);
  const before = await applied();
  if (before !== 2 * stored)
    throw new Error(`the workers applied ${before - 2 * stored} events of a database in which nothing was left to do`);
  await post(`${address}/events`, eventBody(40_000_000));
  await drained(pool);
  await demandCounts(pool, stored + 1);
};
