// Workers to all processors: how fast two workers take a backlog through every processor, against PostgreSQL alone copying the same rows once.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { request } from 'undici';
import type { Bed, Program } from './bed.ts';
import { batchBody } from './events.ts';
import { figure, type Figure } from './figure.ts';

const backlogEvents = 60_000;
const batchEvents = 500;
const drainWithinMs = 120_000;

export const benchDrainBacklog = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const { eventsPerSecond, copied } = await drainBacklog(bed, 'bench_workers', say);
  const against = { what: 'PostgreSQL alone: one insert … select of the same rows into one table with jsonb', value: copied };
  return [figure('workers, backlog to all processors', eventsPerSecond, 'events/s', against, { of: 'value', atLeast: 10_000 })];
};

export type DrainOptions = {
  /** SQL: what is done to the database between the filling and the draining. */
  readonly prepare?: string;
  /** Of all processes. */
  readonly environment?: Readonly<Record<string, string>>;
};

export const drainBacklog = async (
  bed: Bed,
  name: string,
  say: (text: string) => void,
  { prepare, environment = {} }: DrainOptions = {},
): Promise<{ readonly eventsPerSecond: number; readonly copied: number }> => {
  const database = await bed.database(name);
  const ingest = await bed.start('ingest', database, environment);
  say(`a backlog of ${backlogEvents} events`);
  await fillBacklog(ingest.address);
  await ingest.process.stop();
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const copied = await copyPlainly(client);
    if (prepare !== undefined) await client.query(prepare);
    say('two workers drain it');
    const seconds = await drain(() => bed.start('worker', database, environment), client);
    return { eventsPerSecond: backlogEvents / seconds, copied };
  } finally {
    await client.end();
  }
};

const fillBacklog = async (address: string): Promise<void> => {
  for (let n = 0; n < backlogEvents / batchEvents; n++) {
    const answer = await request(`${address}/events/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: batchBody(10_000_000 / batchEvents + n, batchEvents),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the backlog could not be filled: ${answer.statusCode} ${text.slice(0, 300)}`);
  }
};

/** Rows a second. */
const copyPlainly = async (client: pg.Client): Promise<number> => {
  await client.query('create table plain_copy (id bigint primary key, metadata jsonb not null, body text not null)');
  const startedAt = performance.now();
  const { rowCount } = await client.query(`insert into plain_copy select id, body::jsonb -> 'metadata', body from log`);
  return (rowCount ?? 0) / ((performance.now() - startedAt) / 1000);
};

const behind = `
  select coalesce(sum(l.head - c.position), 0)::int as lag, coalesce(sum(c.applied), 0)::int as applied, count(distinct c.processor)::int as processors
  from checkpoints c join lanes l using (lane)`;

/** Seconds from the first event applied to the last one, by every processor: starting the processes is not counted. */
const drain = async (startWorker: () => Promise<Program>, client: pg.Client): Promise<number> => {
  const deadline = performance.now() + drainWithinMs;
  const workers = await Promise.all([startWorker(), startWorker()]);
  const first = { at: 0, applied: 0 };
  for (;;) {
    const { rows } = await client.query<{ lag: number; applied: number; processors: number }>(behind);
    const { lag, applied, processors } = rows[0]!;
    const total = backlogEvents * processors;
    if (first.at === 0 && applied > 0) Object.assign(first, { at: performance.now(), applied });
    if (lag === 0 && applied === total) {
      const taken = scaled(first, performance.now(), total);
      await Promise.all(workers.map((worker) => worker.process.stop()));
      return taken;
    }
    if (performance.now() > deadline) throw new Error(`the workers are still ${lag} events behind after ${drainWithinMs / 1000} s`);
    await sleep(20);
  }
};

/** What was applied before the first look is not timed, so it is not counted either. */
const scaled = (first: { at: number; applied: number }, now: number, total: number): number =>
  ((now - first.at) / 1000) * (total / Math.max(1, total - first.applied));
