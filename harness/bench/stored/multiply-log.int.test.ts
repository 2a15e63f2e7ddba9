// The multiplied log against the system's own processes on a real PostgreSQL: to them it must be one that came through the door.
import { join } from 'node:path';
import type { Pool } from 'pg';
import { request } from 'undici';
import { expect, inject, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import { waitUntil } from '../../engine/wait-until.ts';
import { spawnProcess } from '../../stack/processes.ts';
import { createDatabase, dropDatabase } from '../../targets/database.ts';
import { booksIn } from '../../targets/faultline/books.ts';
import { pendingIn } from '../../targets/faultline/pending.ts';
import { readBack } from '../../targets/faultline/read-back.ts';
import { openDatabase } from '../open-database.ts';
import { createWorkshop } from '../workshop.ts';
import { demandCounts } from './fill-stored.ts';
import { multiplyLog } from './multiply-log.ts';

const root = join(import.meta.dirname, '../../..');
const events = 60;

const eventOf = (n: number) => ({
  system_name: 'shop',
  object_id: `order-${n % 7}`,
  event_name: n % 2 === 0 ? 'placed' : 'paid',
  event_time: new Date(1_700_000_000_000 + n * 10_000).toISOString(),
  metadata: { n },
  // Some have no identity of their own.
  ...(n % 5 === 0 ? {} : { id: `key-${n}` }),
});

const openSystem = async (name: string) => {
  await using undo = new AsyncDisposableStack();
  const server = inject('postgresUrl');
  const url = await createDatabase(server, `${name}_${process.pid}`);
  undo.defer(() => dropDatabase(server, url));
  const { logFolder, registry } = undo.use(await createWorkshop());
  const pool = undo.use(openDatabase(url));
  const start = async (role: string) => {
    const options = { command: process.execPath, args: [join(root, `system/main/${role}.ts`)], env: { DATABASE_URL: url }, role, registry };
    const started = await spawnProcess({ ...options, logFile: join(logFolder, `${role}.log`) });
    const { attributes } = await started.ready(30_000);
    return Object.assign(started, { address: String(attributes['address']) });
  };
  const drained = async () => {
    const options = { clock: systemClock, withinMs: 30_000, everyMs: 50 };
    const { last } = await waitUntil(
      () => pendingIn(pool),
      ({ length }) => length === 0,
      options,
    );
    expect(last).toEqual([]);
  };
  const multiply = async (copies: number) => {
    const client = await pool.connect();
    try {
      await multiplyLog(client, copies, () => {});
    } finally {
      client.release(true);
    }
  };
  const stack = undo.move();
  return { pool, start, drained, multiply, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

const post = async (url: string, sent: unknown) => {
  const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) });
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
};

type Status = {
  readonly stream: { readonly appended: number };
  readonly processors: readonly { readonly processor: string; readonly lag: number; readonly drop: number }[];
};
const statusOf = async (query: string) => (await (await request(`${query}/status`)).body.json()) as Status;

/** Lanes in which the books and a recount of the effects differ. */
const surpluses = async (pool: Pool): Promise<readonly string[]> => {
  const { rows } = await booksIn(pool);
  const applied = new Map(rows.map((row) => [`${row.processor}/${row.lane}`, row.applied]));
  const differing: string[] = [];
  for await (const row of readBack(pool))
    if (row.kind === 'recount' && applied.get(`${row.processor}/${row.lane}`) !== row.effects)
      differing.push(`${row.processor}/${row.lane}`);
  return differing;
};

test('a processed log times three adds up in the books and in every table, and what comes then is handled as ever', async () => {
  await using system = await openSystem('multiplied');
  const all = Array.from({ length: events }, (_, n) => eventOf(n));
  const [ingest, worker] = [await system.start('ingest'), await system.start('worker')];
  expect(await post(`${ingest.address}/events/batch`, all)).toMatchObject({ status: 200 });
  await system.drained();
  await ingest.stop();
  await worker.stop();

  await system.multiply(2);

  await demandCounts(system.pool, 3 * events);
  const again = { ingest: await system.start('ingest'), worker: await system.start('worker'), query: await system.start('query') };
  const adding = (appended: number) => ({
    stream: { appended },
    processors: ['events', 'timelines'].map((processor) => ({ processor, lag: 0, drop: 0 })),
  });
  expect(await statusOf(again.query.address)).toMatchObject(adding(3 * events));
  expect(await surpluses(system.pool)).toEqual([]);

  expect((await post(`${again.ingest.address}/events`, eventOf(1))).body).toMatchObject({ duplicate: true });
  const { body } = await post(`${again.ingest.address}/events`, { ...eventOf(1), id: 'new' });
  expect(body).toMatchObject({ duplicate: false });
  const { rows } = await system.pool.query<{ highest: number }>('select max(id)::float8 as highest from log where id <> $1', [body['id']]);
  expect(body['id']).toBeGreaterThan(rows[0]!.highest);
  await system.drained();
  expect(await statusOf(again.query.address)).toMatchObject(adding(3 * events + 1));
  await demandCounts(system.pool, 3 * events + 1);
  for (const started of Object.values(again)) await started.stop();
});

test('a log that the workers are not done with is refused and left as it is', async () => {
  await using system = await openSystem('unprocessed');
  const ingest = await system.start('ingest');
  await post(`${ingest.address}/events/batch`, [eventOf(1)]);
  await ingest.stop();
  await expect(system.multiply(2)).rejects.toThrow(/has not applied all of lane \d/);
  expect((await system.pool.query('select from log')).rowCount).toBe(1);
});

test('counts that are one off are told', async () => {
  await using system = await openSystem('miscounted');
  const [ingest, worker] = [await system.start('ingest'), await system.start('worker')];
  await post(`${ingest.address}/events/batch`, [eventOf(1), eventOf(2)]);
  await system.drained();
  await ingest.stop();
  await worker.stop();
  await demandCounts(system.pool, 2);
  await expect(demandCounts(system.pool, 3)).rejects.toThrow('3 events should be stored');
  await system.pool.query(`update checkpoints set applied = applied + 1 where processor = 'timelines' and lane = 0`);
  await expect(demandCounts(system.pool, 2)).rejects.toThrow('do not add up');
});
