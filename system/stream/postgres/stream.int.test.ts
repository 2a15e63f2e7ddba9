import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { migrate } from '../../storage/postgres/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../storage/postgres/testing.ts';
import { laneOf } from '../lane.ts';
import type { AppendRequest, StreamReader, StreamWriter } from '../stream.ts';
import { createPostgresStreamReader } from './reader.ts';
import { createPostgresStreamWriter } from './writer.ts';
import { createWriterPool } from './writer-pool.ts';

const laneCount = 4;
let database: TestDatabase;
let pool: Pool;
let writer: StreamWriter;
let reader: StreamReader;
let lastId = 0;

const openPool = (flushers: number): Pool =>
  createWriterPool({ databaseUrl: database.url, applicationName: 'faultline-test', flushers, commitTimeoutMs: 10_000, onError: () => {} });

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool(6);
  await migrate(pool, { lanes: laneCount, apply: true });
  writer = createPostgresStreamWriter({ pool, laneCount });
  reader = createPostgresStreamReader(pool);
});

beforeEach(async () => {
  await pool.query('truncate log, identities, counted_batches');
  await pool.query('update lanes set head = 0, duplicates = 0, conflicts = 0');
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const request = (change: Partial<AppendRequest> = {}): AppendRequest => {
  lastId += 1;
  return {
    id: lastId,
    identity: randomUUID(),
    bodyHash: Buffer.alloc(32, 1),
    tenant: 'default',
    systemName: 'shop',
    objectId: `order-${lastId}`,
    eventName: 'placed',
    idempotencyKey: null,
    sequence: null,
    eventTime: '2026-01-01T00:00:00Z',
    eventTimeSource: 'client',
    receivedAt: '2026-01-02T00:00:00.123Z',
    body: '{"a":"\\"quoted\\" \\\\ {} größe 🦊, NULL"}',
    traceparent: null,
    ...change,
  };
};

const readAll = async () => (await Promise.all(Array.from({ length: laneCount }, (_, lane) => reader.read(lane, 0, 100_000, 1e9)))).flat();
const books = async () =>
  (await pool.query('select sum(head)::int as heads, sum(duplicates)::int as duplicates, sum(conflicts)::int as conflicts from lanes'))
    .rows[0];

test('an event comes back from the log as it was given', async () => {
  const given = request({
    idempotencyKey: 'k "1", {}',
    sequence: 2 ** 53 - 1,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    eventTimeSource: 'receipt',
  });
  const [result] = await writer.append([given]);
  const lane = laneOf(given, laneCount);
  expect(result).toEqual({ kind: 'appended', id: given.id, lane, position: 1 });
  const { identity: _identity, bodyHash: _bodyHash, ...fields } = given;
  expect(await reader.read(lane, 0, 10, 1e6)).toEqual([
    { ...fields, lane, position: 1, eventTime: new Date(given.eventTime), receivedAt: new Date(given.receivedAt) },
  ]);
});

test('times before our era and after the year 9999 are stored', async () => {
  const results = await writer.append([
    request({ eventTime: '0001-12-31T23:00:00Z BC' }),
    request({ eventTime: '10000-01-01T00:59:59.5Z' }),
  ]);
  expect(results.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
});

test('the same identity gets the first answer again, another body is a conflict; the books count both', async () => {
  const first = request();
  await writer.append([first]);
  const again = { ...first, id: request().id };
  const other = { ...first, id: request().id, bodyHash: Buffer.alloc(32, 2) };
  expect(await writer.append([again, request(), other])).toEqual([
    { kind: 'duplicate', id: first.id },
    expect.objectContaining({ kind: 'appended' }),
    { kind: 'conflict', id: first.id },
  ]);
  expect(await books()).toEqual({ heads: 2, duplicates: 1, conflicts: 1 });
});

test('of two with one identity in a batch the first is appended, whatever their ids', async () => {
  const [second, first] = [request(), request()];
  const twin = { ...second, identity: first.identity, objectId: first.objectId };
  const third = { ...request(), identity: first.identity, objectId: first.objectId, bodyHash: Buffer.alloc(32, 3) };
  const results = await writer.append([first, twin, third]);
  expect(results.map(({ kind, id }) => [kind, id])).toEqual([
    ['appended', first.id],
    ['duplicate', first.id],
    ['conflict', first.id],
  ]);
  expect(await books()).toEqual({ heads: 1, duplicates: 1, conflicts: 1 });
});

test('a batch repeated as it is gets the same results, and nothing is stored or counted twice', async () => {
  const [known, fresh] = [request(), request()];
  await writer.append([known]);
  const batch = [fresh, { ...known, id: request().id }, { ...fresh, id: request().id }, request()];
  const results = await writer.append(batch);
  expect(results.map(({ kind }) => kind)).toEqual(['appended', 'duplicate', 'duplicate', 'appended']);
  const before = await books();
  expect(await writer.append(batch)).toEqual(results);
  expect(await books()).toEqual(before);
});

test('a batch of duplicates alone, repeated as it is, is counted once', async () => {
  const known = request();
  await writer.append([known]);
  const batch = [
    { ...known, id: request().id },
    { ...known, id: request().id, bodyHash: Buffer.alloc(32, 9) },
  ];
  const results = await writer.append(batch);
  expect(await writer.append(batch)).toEqual(results);
  expect(await books()).toEqual({ heads: 1, duplicates: 1, conflicts: 1 });
});

test('positions have no gaps and no event is twice, with four writers that send the same identities crosswise', async () => {
  const shared = Array.from({ length: 400 }, () => request());
  const rounds = 25;
  const deliver = async (seed: number) => {
    const counts = { appended: 0, duplicate: 0, conflict: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const batch = Array.from({ length: 40 }, (_, index) => {
        const original = shared[(seed * 31 + round * 17 + index * (seed + 1)) % shared.length]!;
        return index % 4 === 0 ? request() : { ...original, id: request().id };
      });
      for (const { kind } of await writer.append(batch)) counts[kind] += 1;
    }
    return counts;
  };
  const counts = await Promise.all([0, 1, 2, 3].map(deliver));
  const appended = counts.reduce((sum, { appended: some }) => sum + some, 0);
  const duplicates = counts.reduce((sum, { duplicate }) => sum + duplicate, 0);
  expect(appended + duplicates).toBe(4 * rounds * 40);

  const events = await readAll();
  expect(events).toHaveLength(appended);
  expect(new Set(events.map(({ id }) => id)).size).toBe(appended);
  for (const [lane, inLane] of Map.groupBy(events, (event) => event.lane)) {
    expect(inLane.map(({ position }) => position)).toEqual(Array.from(inLane, (_, index) => index + 1));
    expect((await reader.heads()).get(lane)).toBe(inLane.length);
  }
  expect(await books()).toEqual({ heads: appended, duplicates, conflicts: 0 });
});

test('order per key: in a batch by place, between batches by who was answered first', async () => {
  const send = async (key: number) => {
    for (let sequence = 1; sequence <= 30; sequence += 3) {
      await writer.append([0, 1, 2].map((step) => request({ objectId: `key-${key}`, sequence: sequence + step })));
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, key) => send(key)));
  const byKey = Map.groupBy(await readAll(), ({ objectId }) => objectId);
  expect(byKey.size).toBe(6);
  for (const events of byKey.values())
    expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
});

test('a reader that follows while writers commit sees each position once, in order', async () => {
  let isDone = false;
  const writing = Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 20; round += 1) await writer.append(Array.from({ length: 20 }, () => request()));
    }),
  ).then(() => {
    isDone = true;
  });
  const seen: number[] = [];
  for (let last = false; !last;) {
    last = isDone;
    for (const { position } of await reader.read(0, seen.at(-1) ?? 0, 1000, 1e9)) seen.push(position);
  }
  await writing;
  expect(seen).toEqual(Array.from(seen, (_, index) => index + 1));
  expect(seen).toHaveLength((await reader.heads()).get(0)!);
});

test('a reader gets no more than its bytes and its events, but always one', async () => {
  const body = JSON.stringify({ text: 'x'.repeat(1000) });
  await writer.append(Array.from({ length: 10 }, () => request({ objectId: 'one', body })));
  const lane = laneOf(request({ objectId: 'one' }), laneCount);
  const positions = async (limit: number, maxBytes: number) =>
    (await reader.read(lane, 3, limit, maxBytes)).map(({ position }) => position);
  expect(await positions(100, 1e9)).toEqual([4, 5, 6, 7, 8, 9, 10]);
  expect(await positions(2, 1e9)).toEqual([4, 5]);
  expect(await positions(100, 2500)).toEqual([4, 5, 6]);
  expect(await positions(100, 1)).toEqual([4]);
});

test('a backend that is killed in the middle of an append leaves it unknown, and the repeat stores it once', async () => {
  await using locker = await lockLanes();
  const batch = [request(), request()];
  const failed = writer.append(batch).catch((error: unknown) => error);
  const waiting = await locker.waitingBackend();
  // The repeat comes while the first attempt still runs: it waits for its identities, and must not store them beside it.
  const repeated = writer.append(batch);
  await pool.query('select pg_terminate_backend($1)', [waiting]);
  expect(await failed).toMatchObject({ code: 'FL_STREAM_COMMIT_UNKNOWN', outcome: 'indefinite', retryable: true });
  await locker.release();
  expect((await repeated).map(({ kind }) => kind)).toEqual(['appended', 'appended']);
  expect(await books()).toEqual({ heads: 2, duplicates: 0, conflicts: 0 });
});

test('a caller that gives up gets its answer at once: unknown', async () => {
  await using locker = await lockLanes();
  const controller = new AbortController();
  const failed = writer.append([request()], controller.signal).catch((error: unknown) => error);
  await locker.waitingBackend();
  controller.abort();
  expect(await failed).toMatchObject({ code: 'FL_STREAM_COMMIT_UNKNOWN' });
  await locker.release();
});

test('a statement that ends with an error stored nothing, and says so', async () => {
  const failed = await writer.append([request(), request({ eventTime: 'no time' })]).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 'FL_STREAM_DATA_REFUSED', outcome: 'definite', details: { sqlState: '22007' } });
  expect(await books()).toEqual({ heads: 0, duplicates: 0, conflicts: 0 });
});

test('a lane that the stream does not have is refused, not made', async () => {
  const other = createPostgresStreamWriter({ pool, laneCount: 64 });
  const outside = Array.from({ length: 64 }, () => request()).filter((one) => laneOf(one, 64) >= laneCount);
  await expect(other.append(outside.slice(0, 1))).rejects.toMatchObject({ code: 'FL_STREAM_DATA_REFUSED' });
});

test('a partition of today that is missing is made, and the batch may be tried again', async () => {
  const { rows } = await pool.query<{ name: string }>(`select 'log_' || to_char(now() at time zone 'UTC', 'YYYYMMDD') as name`);
  await pool.query(`drop table ${rows[0]!.name}`);
  const batch = [request()];
  await expect(writer.append(batch)).rejects.toMatchObject({ code: 'FL_STREAM_CONTENDED' });
  expect((await writer.append(batch)).map(({ kind }) => kind)).toEqual(['appended']);
});

test('a database that is not there is unreachable: nothing was tried', async () => {
  const nowhere = new Pool({ connectionString: 'postgresql://faultline@127.0.0.1:1/none' });
  const lost = createPostgresStreamWriter({ pool: nowhere, laneCount });
  await expect(lost.append([request()])).rejects.toMatchObject({ code: 'FL_STREAM_UNREACHABLE', outcome: 'definite' });
  await expect(lost.takeIds()).rejects.toMatchObject({ code: 'FL_STREAM_UNREACHABLE' });
  await nowhere.end();
});

test('ids come in blocks that never overlap', async () => {
  const blocks = await Promise.all(Array.from({ length: 10 }, () => writer.takeIds()));
  const firsts = blocks.map(({ first }) => first).toSorted((a, b) => a - b);
  for (const [index, first] of firsts.entries()) expect(first).toBe(firsts[0]! + index * 1000);
});

test('commits are durable although the server forgets to ask for it', async () => {
  await pool.query(`alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = off`);
  const fresh = openPool(1);
  const { rows } = await fresh.query('show synchronous_commit');
  await fresh.end();
  expect(rows).toEqual([{ synchronous_commit: 'on' }]);
});

test('a batch half of which is known costs about what a new one costs, however large', async () => {
  const timed = async (known: number) => {
    const requests = Array.from({ length: 10_000 }, () => request());
    if (known > 0) await writer.append(requests.slice(0, known));
    const batch = requests.map((one, index) => (index < known ? { ...one, id: (lastId += 1) } : one));
    const startedAtMs = performance.now();
    const kinds = (await writer.append(batch)).map(({ kind }) => kind);
    expect(kinds).toEqual(batch.map((_, index) => (index < known ? 'duplicate' : 'appended')));
    return performance.now() - startedAtMs;
  };
  const first = await timed(0);
  const half = Math.min(await timed(5000), await timed(5000));
  // Request by request with all that won and all that lost it was 15 times as much.
  expect(half).toBeLessThan(5 * Math.max(first, await timed(0)));
});

/** Holds the lane rows in a transaction of its own, so that an append waits in the middle. */
const lockLanes = async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query('select from lanes for update');
  let isHeld = true;
  const release = async () => {
    if (!isHeld) return;
    isHeld = false;
    await client.query('rollback');
    await client.end();
  };
  return { release, waitingBackend, [Symbol.asyncDispose]: release };
};

/** Not asked on the locker's connection: within a transaction pg_stat_activity does not change. */
const waitingBackend = async (): Promise<number> => {
  for (let tries = 0; tries < 500; tries += 1) {
    const { rows } = await pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%append_batch(%'`,
    );
    if (rows[0]) return rows[0].pid;
    await new Promise<void>((resolve) => void setTimeout(resolve, 10));
  }
  throw new Error('no append came to wait for the lanes within 5 s');
};
