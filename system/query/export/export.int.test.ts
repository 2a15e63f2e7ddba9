import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type QueryUnderTest, startQueryUnderTest } from '../testing.ts';

const events = 2500;
/** More than the sockets between us hold. */
const wide = '/counts?system_name=wide&format=ndjson';
let query: QueryUnderTest;
let address: string;

const insertMany = `
  insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, lane, position, body)
  select n, 'default', case when n % 2 = 0 then 'shop' else 'crm' end, 'object-' || n, '=danger', '{}', '2026-01-01T00:00:00Z', 'client', now(), n % 4, n / 4 + 1,
         '{"metadata":' || chr(10) || '{"n":1.10,"text":"a,\\"b\\""}}'
  from generate_series($1::integer, $2::integer) n`;

beforeAll(async () => {
  query = await startQueryUnderTest({ bounds: { bufferBytes: 64 * 1024, slowMs: 2000, limitSeconds: 30 } });
  address = await query.app.listen({ host: '127.0.0.1', port: 0 });
  await query.pool.query(insertMany, [1, events]);
  await query.pool.query(`update checkpoints set position = 1000 where processor = 'events'`);
  await query.pool.query(`
    insert into minute_counts (version, lane, tenant, system_name, event_name, minute, count)
    select 1, 0, 'default', 'shop', 'paid-' || n, '2026-01-01T00:00:00Z'::timestamptz, n from generate_series(1, 20) n
    union all select 1, 1, 'default', 'wide', repeat('x', 200) || n, '2026-01-02T00:00:00Z', 1 from generate_series(1, 60000) n`);
});

afterAll(() => query[Symbol.asyncDispose]());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${address}${path}`, { headers });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('an export', () => {
  it('as NDJSON is every row of the listing once, as it came, and a last line that says so', async () => {
    const { status, type, text } = await get('/events?format=ndjson');
    expect([status, type]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = linesOf(text);
    expect(JSON.parse(lines.at(-1)!)).toEqual({ export: { complete: true, rows: events } });
    const ids = lines.slice(0, -1).map((line) => (JSON.parse(line) as { id: number }).id);
    expect(ids).toEqual(Array.from({ length: events }, (_, n) => events - n));
    expect(lines[0]).toContain('"metadata":{"n":1.10,"text":"a,\\"b\\""}');
  });

  it('as CSV has a column for each field, and formulas that are none', async () => {
    const { type, text } = await get('/events?system_name=shop', { accept: 'text/csv' });
    expect(type).toContain('text/csv');
    const lines = linesOf(text);
    expect(lines[0]).toBe(
      'id,tenant,system_name,object_id,event_name,metadata,event_time,event_time_source,received_at,idempotency_key,sequence,lane,position,applied_at,schema_version,schema_verdict,cloudevent',
    );
    expect(lines[1]).toContain(
      `2500,default,shop,object-2500,'=danger,"{""n"":1.10,""text"":""a,\\""b\\""""}",2026-01-01T00:00:00.000000Z,client,`,
    );
    expect(lines.at(-1)).toBe('# export complete: 1250 rows');
    expect((await get('/events?system_name=shop&format=csv&formulas=keep')).text).toContain(',=danger,');
  });

  it('is of any listing, also an empty one', async () => {
    expect(linesOf((await get('/counts?system_name=shop&format=ndjson')).text)).toHaveLength(21);
    for (const path of ['/dead-letters', '/parked-keys', '/recovery/audit'])
      expect((await get(`${path}?format=ndjson`)).text, path).toBe('{"export":{"complete":true,"rows":0}}\n');
    expect((await get('/timelines/shop/none?format=csv')).status).toBe(404);
  });

  it('refuses what is for pages, and what is no listing; a page stays what it was', async () => {
    for (const path of [
      '/events?format=csv&limit=3',
      '/events?format=xml',
      '/events?formulas=keep',
      '/status?format=csv',
      '/events/1?format=csv',
    ])
      expect([(await get(path)).status, path]).toEqual([400, path]);
    expect((await get('/events?format=json&limit=2')).text).toContain('"next_cursor":"');
    expect((await get('/status', { accept: 'text/csv' })).status).toBe(200);
  });

  it('of events is bound by position: what is applied after it began is not in it', async () => {
    await query.pool.query(`update checkpoints set position = 100 where processor = 'events'`);
    const { text } = await get('/events?format=ndjson');
    await query.pool.query(`update checkpoints set position = 1000 where processor = 'events'`);
    expect(linesOf(text).at(-1)).toBe('{"export":{"complete":true,"rows":399}}');
  });

  it('that a slow reader does not take is cut off, and does not look whole', async () => {
    const reader = await openExport(wide);
    await reader.begun;
    await vi.waitFor(async () => expect(await openTransactions()).toBe(0), { timeout: 20_000, interval: 50 });
    const text = await reader.rest();
    expect(text).not.toContain('"complete":true');
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
  });

  it('is one of two: another is 503 until one is over', async () => {
    const readers = await Promise.all([openExport(wide), openExport(wide)]);
    await Promise.all(readers.map(({ begun }) => begun));
    const refused = await get('/counts?system_name=shop&format=ndjson');
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([503, 'too_many_readers']);
    await Promise.all(readers.map((reader) => reader.rest()));
    await vi.waitFor(async () => expect((await get('/counts?system_name=shop&format=ndjson')).status).toBe(200), { timeout: 20_000 });
  });
});

const openTransactions = async () => {
  const { rows } = await query.pool.query<{ count: string }>(
    "select count(*) from pg_stat_activity where application_name = 'faultline-query-test' and datname = current_database() and xact_start is not null and pid <> pg_backend_pid()",
  );
  return Number(rows[0]!.count);
};

/** A reader that took the first bytes, and takes the rest when it is told to. */
const openExport = async (path: string) => {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  const begun = new Promise<void>((resolve) => {
    socket.once('data', (chunk) => {
      text += chunk.toString();
      socket.pause();
      resolve();
    });
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  const rest = async () => {
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.resume();
    await closed;
    return text;
  };
  return { begun, rest };
};

describe('npm run ops -- export', () => {
  const program = fileURLToPath(new URL('../../main/ops.ts', import.meta.url));
  const ops = (...parameters: readonly string[]) =>
    execa(process.execPath, [program, '--url', address, 'export', ...parameters], { reject: false, timeout: 40_000 });

  it('writes the rows alone, into a file that has its name once it is whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-export-'));
    const file = join(folder, 'events.csv');
    const done = await ops('/events?system_name=shop', '--format', 'csv', '--out', file);
    expect([done.exitCode, done.stderr]).toEqual([0, `1250 rows in ${file}`]);
    const text = await readFile(file, 'utf8');
    expect([text.startsWith('id,tenant,'), text.includes('# export'), linesOf(text).length]).toEqual([true, false, 1251]);
    expect((await ops('/counts?system_name=shop', '--out', '-')).stdout.split('\n')).toHaveLength(20);
    expect(await readdir(folder)).toEqual(['events.csv']);
    await rm(folder, { recursive: true });
  });

  it('leaves no file of an export that broke, or was refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-export-'));
    await query.pool
      .query(`insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, lane, position, body)
      values (0, 'default', 'shop', 'o', 'n', '{}', now(), 'client', now(), 0, 1, '{"no":"metadata"}')`);
    const broken = await ops('/events', '--out', join(folder, 'broken.ndjson'));
    await query.pool.query('delete from events where id = 0');
    expect([broken.exitCode === 0, /broke/.test(broken.stderr)]).toEqual([false, true]);
    for (const path of ['events', '/status', '/nothing']) expect((await ops(path, '--out', join(folder, 'x'))).exitCode, path).toBe(3);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
