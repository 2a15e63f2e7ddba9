// For integration tests of the workers: a migrated database, events in its log, and real worker processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { expect } from 'vitest';
import { migrate } from '../storage/postgres/migrate.ts';
import { createMigratedDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { createPostgresStreamWriter } from '../stream/postgres/writer.ts';
import type { AppendRequest, AppendResult } from '../stream/stream.ts';

export type TestEvent = {
  readonly key?: string;
  readonly name?: string;
  readonly sequence?: number;
  readonly metadata?: unknown;
  readonly body?: string;
  readonly traceparent?: string;
};

export type WorkerDatabase = AsyncDisposable & {
  readonly url: string;
  readonly pool: Pool;
  rows<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  append(events: readonly TestEvent[]): Promise<readonly Extract<AppendResult, { kind: 'appended' }>[]>;
};

export const createWorkerDatabase = async (lanes = 2): Promise<WorkerDatabase> => {
  const database = await createMigratedDatabase(lanes);
  const pool = createTestPool(database.url, 4);
  const { laneCount } = await migrate(pool, { lanes, apply: true });
  const writer = createPostgresStreamWriter({ pool, laneCount });
  const ids: number[] = [];
  const nextId = async () => {
    if (ids.length === 0) {
      const { first, count } = await writer.takeIds();
      ids.push(...Array.from({ length: count }, (_, index) => first + count - 1 - index));
    }
    return ids.pop()!;
  };
  return {
    url: database.url,
    pool,
    rows: async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(text, [...values])).rows,
    append: async (events) => {
      const requests: AppendRequest[] = [];
      for (const event of events) requests.push(toRequest(event, await nextId()));
      const results = await writer.append(requests);
      return results.map((result) => {
        if (result.kind !== 'appended') throw new Error(`expected to append, got ${result.kind}`);
        return result;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await database[Symbol.asyncDispose]();
    },
  };
};

const toRequest = ({ key = 'k', name = 'happened', sequence, metadata = {}, body, traceparent }: TestEvent, id: number): AppendRequest => {
  const now = new Date().toISOString();
  const event = { system_name: 'shop', object_id: key, event_name: name, event_time: now, metadata };
  return {
    tenant: 'default',
    systemName: 'shop',
    objectId: key,
    id,
    identity: randomUUID(),
    bodyHash: Buffer.alloc(32),
    eventName: name,
    idempotencyKey: null,
    sequence: sequence ?? null,
    eventTime: now,
    eventTimeSource: 'client',
    receivedAt: now,
    body: body ?? JSON.stringify(event),
    traceparent: traceparent ?? null,
  };
};

export const faultyHandler = fileURLToPath(new URL('./fixtures/faulty-handler.ts', import.meta.url));

export type LogLine = { readonly body: string; readonly event_name?: string; readonly attributes: Readonly<Record<string, unknown>> };

export type WorkerProcess = AsyncDisposable & {
  readonly child: ChildProcess;
  readonly instance: string;
  readonly address: string;
  readonly lines: readonly LogLine[];
  readonly exited: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
};

export type WorkerEnvironment = Readonly<Record<string, string>>;

/** Quick where a user's settings would be patient: leases, attempts, deadlines. */
const quick: WorkerEnvironment = {
  FAULTLINE_LEASE_MS: '1500',
  FAULTLINE_HANDLER_DEADLINE_MS: '300',
  FAULTLINE_HANDLER_RETRY_MS: '20',
  FAULTLINE_WORKER_THREADS: '1',
  FAULTLINE_TIMELINE_HANDLER: faultyHandler,
};

/** For tests in which no lease may run out: a busy machine keeps a process from its renewals for longer than a second. */
export const patient: WorkerEnvironment = { FAULTLINE_LEASE_MS: '60000' };

const entry = fileURLToPath(new URL('../main/worker.ts', import.meta.url));

/** Disposing kills it, stopped or not. */
export const startWorkerProcess = async (databaseUrl: string, environment: WorkerEnvironment = {}): Promise<WorkerProcess> => {
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      DATABASE_URL: databaseUrl,
      ...quick,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => void child.once('exit', (code) => resolve(code)));
  const ready = Promise.withResolvers<LogLine>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    if (line.event_name === 'faultline.process.ready') ready.resolve(line);
    if (line.event_name === 'faultline.process.refused') ready.reject(new Error(String(line.attributes['message'])));
  });
  child.once('error', (error) => ready.reject(error));
  void exited.then((code) => ready.reject(new Error(`the worker ended with ${code} before it was ready: ${errors}`)));
  const { attributes } = await ready.promise;
  return {
    child,
    instance: String(attributes['instance']),
    address: String(attributes['address']),
    lines,
    exited,
    signal: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** Waits for a condition, with a bound, and says what was last seen. */
export const eventually = async <Seen>(
  look: () => Promise<Seen> | Seen,
  holds: (seen: Seen) => boolean,
  withinMs = 40_000,
): Promise<Seen> => {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > endsAt) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await wait(15);
  }
};

export type BooksRow = {
  processor: string;
  position: number;
  applied: number;
  ignored: number;
  parked: number;
  pending: number;
  discarded: number;
  skipped: number;
  drop: number;
};

/** The books of each processor, lanes summed; `drop` is what they do not explain. */
export const books = async (database: WorkerDatabase): Promise<Readonly<Record<string, BooksRow>>> => {
  const rows = await database.rows<BooksRow>(`
    select processor, sum(position)::int as position, sum(applied)::int as applied, sum(ignored)::int as ignored, sum(parked)::int as parked,
           sum(pending)::int as pending, sum(discarded)::int as discarded, sum(skipped)::int as skipped,
           sum(position - applied - ignored - parked - pending - discarded - skipped - shed)::int as drop
    from checkpoints group by processor`);
  // At every instant, not only at the end: each look asks in one snapshot.
  expect(rows.map(({ drop }) => drop)).toEqual(rows.map(() => 0));
  return Object.fromEntries(rows.map((row) => [row.processor, row]));
};

/** All events passed by both processors. */
export const drained = async (database: WorkerDatabase, total: number, withinMs?: number) =>
  eventually(
    () => books(database),
    (seen) => seen['events']!.position === total && seen['timelines']!.position === total,
    withinMs,
  );

/** Entries of a key, in the order of application, by the name of the event. */
export const entries = async (database: WorkerDatabase, key: string): Promise<readonly string[]> => {
  const rows = await database.rows<{ event_name: string }>('select event_name from timeline_entries where object_id = $1 order by entry', [
    key,
  ]);
  return rows.map(({ event_name }) => event_name);
};

export const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `e${from + index}`);
export const plain = (count: number, keys = 20): TestEvent[] =>
  Array.from({ length: count }, (_, index) => ({ key: `plain-${index % keys}`, name: `e${index}` }));

export type Letter = { object_id: string; event_name: string; reason_code: string; attempts: number };
export const letters = (database: WorkerDatabase) =>
  database.rows<Letter>(
    `select object_id, event_name, reason_code, attempts from dead_letters where processor = 'timelines' order by position`,
  );
export const restingLetters = (database: WorkerDatabase, count: number) =>
  eventually(
    () => letters(database),
    (seen) => seen.length === count,
  );

export const leaseEvents = (database: WorkerDatabase, kind: string) =>
  database.rows<{ processor: string; owner: string; epoch: string; other_epoch: string | null; other_owner: string | null }>(
    `select processor, owner, epoch, other_epoch, other_owner from lease_events where kind = $1 order by id`,
    [kind],
  );
const owners = (database: WorkerDatabase) =>
  database.rows<{ owner: string | null }>(`select distinct owner from leases where processor <> '_duties'`);
export const ownedBy = (database: WorkerDatabase, count: number) =>
  eventually(
    () => owners(database),
    (seen) => seen.length === count && seen.every(({ owner }) => owner !== null),
  );

/** Nothing doubled, nothing lost: the rows say what the books say. */
export const expectSound = async (database: WorkerDatabase, total: number) => {
  const { events, timelines } = await books(database);
  const [counted] = await database.rows<{
    events: number;
    entries: number;
    counts: number;
    distinct: number;
    parked: number;
    pending: number;
  }>(`
    select (select count(*) from events)::int as events, (select count(*) from timeline_entries)::int as entries,
           (select sum(count) from minute_counts)::int as counts, (select count(distinct event_id) from timeline_entries)::int as distinct,
           (select count(*) from parked_events where processor = 'timelines')::int as parked,
           (select count(*) from pending_events)::int as pending`);
  expect(events).toMatchObject({ position: total, drop: 0, applied: counted!.events });
  expect(timelines).toMatchObject({
    position: total,
    drop: 0,
    applied: counted!.entries,
    parked: counted!.parked,
    pending: counted!.pending,
  });
  expect(counted!.distinct).toBe(counted!.entries);
  expect(counted!.counts ?? 0).toBe(counted!.entries);
};
