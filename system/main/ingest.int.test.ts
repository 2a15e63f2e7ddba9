import { type AddressInfo, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { startIngest as startProcess } from './testing.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createTestPool(database.url);
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const startIngest = (environment: Record<string, string>, stdin: 'ignore' | 'pipe' = 'ignore') =>
  startProcess(database.url, environment, stdin);

const post = (address: string, objectId: string, id: string) =>
  fetch(`${address}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      system_name: 'shop',
      object_id: objectId,
      event_name: 'placed',
      event_time: '2026-01-01T00:00:00Z',
      metadata: {},
      id,
    }),
  });

test('it says that it is ready, takes an event, and ends on SIGTERM with 0', async () => {
  await using ingest = startIngest({});
  const { address, admin, pid, instance } = await ingest.ready();
  expect(pid).toBe(ingest.child.pid);
  expect(instance).toMatch(new RegExp(`^ingest-${pid}-[0-9a-f]{6}$`));
  expect((await fetch(`${admin}/ready`)).status).toBe(200);
  expect((await post(address, 'o', 'one')).status).toBe(200);
  const { rows } = await pool.query('select idempotency_key, body from log');
  expect(rows).toEqual([{ idempotency_key: 'one', body: expect.stringContaining('"id":"one"') }]);
  const names = await pool.query<{ application_name: string }>(
    `select application_name from pg_stat_activity where application_name like 'faultline-ingest%' and datname = current_database()`,
  );
  // Beside it the one that reads the keys.
  expect(names.rows.map((row) => row.application_name)).toContain(`faultline-ingest-${instance}`);
  ingest.child.kill('SIGTERM');
  expect(await ingest.closed).toBe(0);
});

test('SIGTERM in the middle of traffic: what was acknowledged is in the log, and no request is cut off', async () => {
  await using ingest = startIngest({ FAULTLINE_FLUSH_LINGER_MS: '20' });
  const { address } = await ingest.ready();
  const acknowledged: string[] = [];
  const cut: unknown[] = [];
  const send = async (client: number) => {
    for (let number = 0; ; number += 1) {
      const id = `t-${client}-${number}`;
      try {
        const response = await post(address, `o-${client}`, id);
        if (response.ok) acknowledged.push(id);
        await response.arrayBuffer();
        // Told to come elsewhere. It does not come again: Linux resets a connection that is not accepted yet when its listener closes.
        if (response.headers.get('connection') === 'close') return;
      } catch (error) {
        const { code } = (error as { cause: { code?: string } }).cause;
        if (code !== 'ECONNREFUSED') cut.push(error);
        return;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 16 }, (_, client) => send(client)));
  await expect.poll(() => acknowledged.length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(100);
  ingest.child.kill('SIGTERM');
  await clients;
  expect(await ingest.closed).toBe(0);
  expect(cut).toEqual([]);
  const { rows } = await pool.query<{ idempotency_key: string }>(`select idempotency_key from log where idempotency_key like 't-%'`);
  expect(rows.map((row) => row.idempotency_key).toSorted()).toEqual(acknowledged.toSorted());
});

test('two processes share a port, and one may go without a hole', async () => {
  await using first = startIngest({ FAULTLINE_REUSE_PORT: 'true' });
  const { address } = await first.ready();
  await using second = startIngest({ FAULTLINE_REUSE_PORT: 'true', FAULTLINE_PORT: new URL(address).port });
  expect((await second.ready()).address).toBe(address);
  first.child.kill('SIGTERM');
  const statuses = new Set<number>();
  let isGone = false;
  void first.closed.then(() => (isGone = true));
  // As a producer does: Linux resets a connection that came in and was not accepted when a listener closes, so once more with the same id.
  const send = (id: string) => post(address, 'o', id).catch(() => post(address, 'o', id));
  for (let number = 0; !isGone || number < 20; number += 1) statuses.add((await send(`s-${number}`)).status);
  expect([...statuses]).toEqual([200]);
});

test('it ends with its parent where that is asked for', async () => {
  await using ingest = startIngest({ FAULTLINE_EXIT_WITH_PARENT: 'true' }, 'pipe');
  await ingest.ready();
  ingest.child.stdin!.end();
  expect(await ingest.closed).toBe(0);
});

test('a signal that comes twice at once, from a terminal and from npm, is one', async () => {
  await using ingest = startIngest({});
  await ingest.ready();
  ingest.child.kill('SIGINT');
  ingest.child.kill('SIGTERM');
  expect(await ingest.closed).toBe(0);
});

test('a second signal, more than a second later, ends it at once', async () => {
  await using ingest = startIngest({ FAULTLINE_COMMIT_TIMEOUT_MS: '30000' });
  const { address } = await ingest.ready();
  // Something to wait for: a commit that can't be done.
  const client = await pool.connect();
  await client.query('begin; lock table log in exclusive mode');
  const cut = post(address, 'o', 'held').catch(() => 'cut off');
  const waits = `select 1 from pg_locks where not granted and relation = 'log'::regclass`;
  await expect.poll(async () => (await pool.query(waits)).rowCount, { timeout: 10_000 }).toBe(1);
  ingest.child.kill('SIGINT');
  await ingest.line('faultline.process.stopping');
  await wait(1100);
  ingest.child.kill('SIGINT');
  expect(await ingest.closed).toBe(130);
  expect(await cut).toBe('cut off');
  await client.query('rollback');
  client.release();
});

const refusedWith = async (environment: Record<string, string>) => {
  await using ingest = startIngest(environment);
  const code = await ingest.closed;
  expect(ingest.lines).toHaveLength(1);
  const { event_name: name, attributes } = ingest.lines[0]!;
  return { exit: code, name, code: attributes['code'], message: String(attributes['message']), stack: attributes['exception.stacktrace'] };
};

test('settings that can not work are refused all at once, before anything is touched', async () => {
  const refused = await refusedWith({ FAULTLINE_PORT: 'eighty', FAULTLINE_HOST: '0.0.0.0', FAULTLINE_LANE: '3' });
  expect(refused).toMatchObject({ exit: 3, name: 'faultline.process.refused', code: 'FL_SETTINGS_INVALID' });
  for (const part of ["FAULTLINE_PORT is 'eighty'", 'no loopback address', 'Did you mean FAULTLINE_LANES'])
    expect(refused.message).toContain(part);
});

test('a certificate that can not be used is refused before the database is looked at', async () => {
  const refused = await refusedWith({
    DATABASE_URL: 'postgresql://faultline@127.0.0.1:1/none',
    FAULTLINE_TLS_CERT: '/nowhere/cert.pem',
    FAULTLINE_TLS_KEY: 'key.pem',
  });
  expect(refused).toMatchObject({
    exit: 3,
    code: 'FL_TLS_INVALID',
    message: "FAULTLINE_TLS_CERT is '/nowhere/cert.pem': there is no such file.",
  });
});

test('a database that is not there is refused with what to do', async () => {
  const refused = await refusedWith({ DATABASE_URL: 'postgresql://faultline@127.0.0.1:1/none' });
  expect(refused).toMatchObject({
    exit: 3,
    code: 'FL_DATABASE_UNREACHABLE',
    message: expect.stringMatching(/ECONNREFUSED.*Check DATABASE_URL/),
  });
});

test('a database that goes away in the middle of a start is named as such, without a trace of the stack', async () => {
  const holder = await pool.connect();
  // The lock that migrations take.
  await holder.query('select pg_advisory_lock(1717660005, 1)');
  const refused = refusedWith({});
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;
  await expect.poll(async () => (await pool.query(end)).rowCount).toBe(1);
  expect(await refused).toMatchObject({
    exit: 3,
    code: 'FL_DATABASE_UNREACHABLE',
    message: expect.stringMatching(/in the middle of the start.*administrator command.*Start again/),
    stack: undefined,
  });
  await holder.query('select pg_advisory_unlock(1717660005, 1)');
  holder.release();
});

test('a database that is down for its restart once the migrations are done is named as such', async () => {
  const { hostname, port } = new URL(database.url);
  // It takes the connection for the migrations, and no other.
  const relay = createServer((socket) => {
    relay.close();
    const there = connect(Number(port), hostname);
    socket.pipe(there).pipe(socket);
    for (const end of [socket, there]) end.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const through = new URL(database.url);
  through.port = String((relay.address() as AddressInfo).port);
  expect(await refusedWith({ DATABASE_URL: through.href })).toMatchObject({
    exit: 3,
    code: 'FL_DATABASE_UNREACHABLE',
    message: expect.stringMatching(/in the middle of the start.*ECONNREFUSED.*Start again/),
    stack: undefined,
  });
});

test('a port that is taken is refused, with the variable that names it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const refused = await refusedWith({ FAULTLINE_PORT: String(port) });
  other.close();
  expect(refused).toMatchObject({
    exit: 3,
    code: 'FL_PORT_TAKEN',
    message: expect.stringMatching(new RegExp(`Port ${port} .* is taken .*FAULTLINE_PORT`)),
  });
});

test('traffic survives a database that goes away for a moment: refusals meanwhile say to try again with the same id, and it recovers by itself', async () => {
  await using ingest = startIngest({});
  const { address, admin } = await ingest.ready();
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'faultline-ingest%' and datname = current_database()`,
  );
  const refusals: unknown[] = [];
  const send = async (): Promise<number> => {
    const response = await post(address, 'o', 'after');
    const { error } = (await response.json()) as { error?: { code: string } };
    if (!response.ok) refusals.push([response.status, error?.code, response.headers.get('retry-after')]);
    return response.status;
  };
  await expect.poll(send, { timeout: 10_000 }).toBe(200);
  const again = [503, expect.stringMatching(/^(storage_unavailable|commit_unknown)$/), expect.stringMatching(/^\d+$/)];
  expect(refusals).toEqual(refusals.map(() => again));
  expect((await pool.query(`select from log where idempotency_key = 'after'`)).rowCount).toBe(1);
  expect((await fetch(`${admin}/ready`)).status).toBe(200);
});
