// A database that took the connection and then says nothing any more: what waits for it must get an answer in bounded time.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { migrate } from '../../storage/postgres/migrate.ts';
import { createTestDatabase } from '../../storage/postgres/testing.ts';
import { createSession, inTransaction } from '../../storage/postgres/session.ts';
import { createTestPool } from '../../storage/postgres/testing-pool.ts';
import { classifyError, isConnectionLoss } from '../../workers/error-class.ts';
import { readDatabaseSize } from './database-size.ts';
import { createPostgresStreamWriter } from './writer.ts';
import { createWriterPool } from './writer-pool.ts';

/** What the server says when it is ready for the first statement. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

type Proxy = AsyncDisposable & { readonly url: string; freeze(): void; thaw(): void };

/** `freezeWhenReady`: each connection freezes as soon as the server is ready for it. */
const startProxy = async (databaseUrl: string, freezeWhenReady: boolean): Promise<Proxy> => {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream])
      sockets.add(socket.on('error', () => {}).on('close', () => (client.destroy(), upstream.destroy())));
    client.on('data', (data) => void (isFrozen || upstream.write(data)));
    upstream.on('data', (data: Buffer) => {
      client.write(data);
      if (freezeWhenReady && data.includes(readyForQuery)) isFrozen = true;
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  [url.hostname, url.port] = ['127.0.0.1', String((server.address() as AddressInfo).port)];
  return {
    url: url.href,
    freeze: () => void (isFrozen = true),
    thaw: () => void (isFrozen = false),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
};

const poolAt = (databaseUrl: string, commitTimeoutMs: number) => {
  const pool = createWriterPool({ databaseUrl, applicationName: 'faultline-test', flushers: 1, commitTimeoutMs, onError: () => {} });
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
};

test('a connection whose first statement is never answered is given up, and the caller hears of it', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startProxy(database.url, true);
  await using at = poolAt(proxy.url, 300);
  const writer = createPostgresStreamWriter({ pool: at.pool, laneCount: 2 });
  await expect(writer.takeIds()).rejects.toMatchObject({ code: 'FL_STREAM_UNREACHABLE' });
});

test('ids that do not come are given up', async () => {
  await using database = await createTestDatabase();
  const direct = createTestPool(database.url);
  await migrate(direct, { lanes: 2, apply: true });
  await direct.end();
  await using proxy = await startProxy(database.url, false);
  // What must come has time to, on a busy machine too; that nothing comes is then seen by the bound on ids alone.
  await using frozen = poolAt(proxy.url, 60_000);
  const writer = createPostgresStreamWriter({ pool: frozen.pool, laneCount: 2, idsWithinMs: 1000 });
  expect((await writer.takeIds()).count).toBeGreaterThan(0);
  proxy.freeze();
  await expect(writer.takeIds()).rejects.toMatchObject({ code: 'FL_STREAM_UNREACHABLE' });
});

test('how much the database takes is given up, so that it can be asked again', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startProxy(database.url, false);
  await using frozen = poolAt(proxy.url, 60_000);
  expect(await readDatabaseSize(frozen.pool)).toBeGreaterThan(0);
  proxy.freeze();
  await expect(readDatabaseSize(frozen.pool, 500)).rejects.toThrow(/timeout/);
});

test('a worker’s statement that is not answered is an error of the infrastructure, and the next one has a new connection', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startProxy(database.url, false);
  await using session = createSession({ databaseUrl: proxy.url, name: 'faultline-test', leaseMs: 10_000, longestAnswerMs: 1000 });
  const pidOf = async () => (await session.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })).rows[0]!.pid;
  const first = await pidOf();
  proxy.freeze();
  const failure = await inTransaction(session, async (client) => client.query('select 1')).catch((error: unknown) => error);
  expect([classifyError(failure), isConnectionLoss(failure)]).toEqual(['infrastructure', true]);
  proxy.thaw();
  // What was cut off is seen once the socket says so.
  await expect.poll(() => pidOf().catch(() => first), { timeout: 20_000 }).not.toBe(first);
});
