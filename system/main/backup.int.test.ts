import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { createTestDatabase, type TestDatabase } from '../storage/postgres/testing.ts';
import {
  books,
  createWorkerDatabase,
  drained,
  eventually,
  expectSound,
  patient,
  plain,
  startWorkerProcess,
  type WorkerDatabase,
} from '../workers/testing.ts';

const program = fileURLToPath(new URL('./ops.ts', import.meta.url));
let source: WorkerDatabase;
let empty: TestDatabase;
let folder: string;
let place: string;

beforeEach(async () => {
  source = await createWorkerDatabase();
  empty = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'faultline-backup-'));
  place = join(folder, 'backup');
});

afterEach(async () => {
  await source[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ops = (databaseUrl: string, ...parameters: readonly string[]) =>
  execa(process.execPath, [program, ...parameters], { env: { DATABASE_URL: databaseUrl }, reject: false, timeout: 50_000 });

/** The restored database, as the helpers of workers have one. */
const restored = (url = empty.url) => {
  const pool = createTestPool(url, 4);
  const rows = async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(text, [...values])).rows;
  const database = { ...source, url, pool, rows } as WorkerDatabase;
  return { database, [Symbol.asyncDispose]: () => pool.end() };
};

describe('a backup', () => {
  test('is taken while events come and workers work; restored, it goes on from its checkpoints, and applies each event once', async () => {
    await source.append(plain(200));
    {
      await using _worker = await startWorkerProcess(source.url, patient);
      await drained(source, 200);
      const appending = (async () => {
        for (let n = 0; n < 20; n += 1) await source.append(plain(20));
      })();
      const taken = await ops(source.url, 'backup', '--out', place);
      expect([taken.exitCode, taken.stderr]).toEqual([0, '']);
      await appending;
      await drained(source, 600);
    }
    expect((await ops(source.url, 'verify-backup', place)).exitCode).toBe(0);
    const done = await ops(empty.url, 'restore', place);
    expect([done.exitCode, done.stderr]).toEqual([0, '']);
    await using there = restored();
    const manifest = JSON.parse(await readFile(join(place, 'manifest.json'), 'utf8')) as { appended: number };
    expect(manifest.appended).toBeGreaterThanOrEqual(200);
    expect(await there.database.rows('select count(*)::int as n from log')).toEqual([{ n: manifest.appended }]);
    await using _next = await startWorkerProcess(there.database.url, patient);
    await drained(there.database, manifest.appended);
    await expectSound(there.database, manifest.appended);
    expect(Object.keys(await books(there.database))).toEqual(Object.keys(await books(source)));
  });

  test('restored has every epoch above those from before, no lease, and ids that nobody was given', async () => {
    await source.append(plain(10));
    await source.rows(`update leases set owner = 'old', epoch = 41, expires_at = now() + interval '1 hour'`);
    await source.rows('update checkpoints set epoch = 41');
    await source.rows(`insert into consumers (tenant, consumer, stream_version) values ('default', 'billing', 1)`);
    await source.rows(
      `insert into consumer_lanes (tenant, consumer, lane, position, epoch, owner) values ('default', 'billing', 0, 3, 7, 'i')`,
    );
    await source.rows(`insert into removed_consumers (tenant, consumer, epoch) values ('default', 'gone', 7)`);
    await ops(source.url, 'backup', '--out', place);
    await ops(empty.url, 'restore', place);
    await using there = restored();
    const { rows } = there.database;
    expect(await rows('select count(*)::int as n from leases where owner is not null or epoch <= 41')).toEqual([{ n: 0 }]);
    const zombie = 'update checkpoints set position = position + 1 where epoch = 41 returning lane';
    expect([await rows(zombie), await rows('select count(*)::int as n from checkpoints')]).toEqual([[], [{ n: 4 }]]);
    expect(await rows('select position::int, epoch > 7 as raised, owner from consumer_lanes')).toEqual([
      { position: 3, raised: true, owner: null },
    ]);
    expect(await rows('select epoch > 7 as raised from removed_consumers')).toEqual([{ raised: true }]);
    const [before, after] = [
      await source.rows(`select nextval('event_ids')::float8 as id`),
      await rows(`select nextval('event_ids')::float8 as id`),
    ];
    expect(Number(after[0]!['id']) - Number(before[0]!['id'])).toBeGreaterThan(900_000_000);
    await rows('insert into lease_events (kind, processor, version, lane, epoch, owner) values ($1, $1, 1, 0, 1, $1)', ['fenced']);
  });

  test('has the partitions of the log that were there, also those of days that nobody makes any more', async () => {
    await source.rows(
      `create table log_20250101 partition of log for values from ('2025-01-01 00:00:00+00') to ('2025-01-02 00:00:00+00')`,
    );
    const old = `insert into log (stream_version, lane, position, id, tenant, system_name, object_id, event_name, event_time, event_time_source, received_at, body, appended_at)
      values (1, 0, 1, 1, 'default', 's', E'o\\t\\n\\\\', 'é', '2025-01-01T00:00:00.123456Z', 'client', now(), '{"a":1.10}', '2025-01-01T12:00:00Z')`;
    await source.rows(old);
    await source.rows('update lanes set head = 1 where lane = 0');
    await ops(source.url, 'backup', '--out', place);
    expect((await ops(empty.url, 'restore', place)).exitCode).toBe(0);
    await using there = restored();
    const read = 'select tableoid::regclass::text as part, object_id, body, event_time::text from log';
    expect(await there.database.rows(read)).toEqual(await source.rows(read));
  });

  test('leaves out a day that retention has detached and not dropped yet, and is restored without one that has it', async () => {
    await source.append(plain(5));
    const day = 'log_20250101';
    await source.rows(`create table ${day} (like log)`);
    await source.rows(`insert into log_drops (partition, until, marks, decided_by) values ('${day}', '2025-01-02', '{}', 'w')`);
    expect((await ops(source.url, 'backup', '--out', place)).exitCode).toBe(0);
    const said = join(place, 'manifest.json');
    type Said = { tables: { name: string; columns: string[]; key: string[]; file: string; rows: number; sha256: string }[] };
    const manifest = JSON.parse(await readFile(said, 'utf8')) as Said;
    expect(manifest.tables.map(({ name }) => name)).not.toContain(day);
    // As backups were taken before.
    const file = `999-${day}.copy.gz`;
    await writeFile(join(place, file), gzipSync(''));
    const { columns, key } = manifest.tables.find(({ name }) => name === 'log')!;
    manifest.tables.push({ name: day, columns, key, file, rows: 0, sha256: createHash('sha256').update('').digest('hex') });
    await writeFile(said, JSON.stringify(manifest));
    expect(await ops(empty.url, 'restore', place)).toMatchObject({ exitCode: 0, stderr: '' });
    await using there = restored();
    expect(await there.database.rows(`select count(*)::int as n, to_regclass('${day}') as day from log`)).toEqual([{ n: 5, day: null }]);
    expect(await there.database.rows('select dropped_at is null as open from log_drops')).toEqual([{ open: false }]);
  });

  test('of an older version gets what later migrations did to rows', async () => {
    await source.rows(
      `insert into processors (processor, version, ordered, state, stream_version) values ('ledger', 1, true, 'active', 1)`,
    );
    await source.rows(`insert into own_processors (processor, version, tables_sha256, starts) values ('ledger', 1, '', 'now')`);
    await source.rows(
      `insert into imports (tenant, name, format, sha256, bytes, lines, state, rate_per_second, requested_by, why)
       values ('default', 'n', 'ndjson', '', 1, 1, 'done', 1, 'ann', 'w')`,
    );
    await source.rows(
      `insert into import_refusals (import, line, code, place, reason) select import, 1, 'invalid_json', '/a', 'what a line said' from imports`,
    );
    await ops(source.url, 'backup', '--out', place);
    const said = join(place, 'manifest.json');
    type Said = { migrations: { version: number }[] };
    const manifest = JSON.parse(await readFile(said, 'utf8')) as Said;
    await writeFile(said, JSON.stringify({ ...manifest, migrations: manifest.migrations.filter(({ version }) => version < 14) }));
    expect(await ops(empty.url, 'restore', place)).toMatchObject({ exitCode: 0, stderr: '' });
    await using there = restored();
    expect(await there.database.rows('select takes_numbers from own_processors')).toEqual([{ takes_numbers: false }]);
    expect(await there.database.rows('select place, reason from import_refusals')).toEqual([
      { place: null, reason: 'what the line said is not kept here: the file has it' },
    ]);
  });

  test('that was changed or cut is told, and not restored', async () => {
    await source.append(plain(50));
    await ops(source.url, 'backup', '--out', place);
    const file = join(
      place,
      (await readdir(place)).find((name) => name.endsWith('-log.copy.gz'))!,
    );
    const text = gunzipSync(await readFile(file)).toString();
    await writeFile(file, gzipSync(text.replace('shop', 'shoq')));
    const changed = await ops(source.url, 'verify-backup', place);
    expect([changed.exitCode, changed.stdout]).toEqual([1, expect.stringContaining('its text is another')]);
    expect((await ops(empty.url, 'restore', place)).exitCode).toBe(3);
    await writeFile(file, gzipSync(text).subarray(0, 200));
    expect((await ops(source.url, 'verify-backup', place)).exitCode).toBe(1);
    await using there = restored();
    await expect(there.database.rows('select from log')).rejects.toThrow('does not exist');
    await rm(join(place, 'manifest.json'));
    expect((await ops(source.url, 'verify-backup', place)).exitCode).toBe(3);
  });

  test('is not restored over events, under running processes, or with tables that are not there', async () => {
    await source.append(plain(5));
    await source.rows('create table own_effects (id bigint primary key, n integer)');
    await source.rows('insert into own_effects values (1, 2)');
    await ops(source.url, 'backup', '--out', place);
    const over = await ops(source.url, 'restore', place);
    expect([over.exitCode, over.stderr]).toEqual([3, expect.stringContaining('holds 5 events')]);
    const missing = await ops(empty.url, 'restore', place);
    expect([missing.exitCode, missing.stderr]).toEqual([3, expect.stringContaining('own_effects')]);
    await using there = restored();
    await there.database.rows('create table own_effects (id bigint primary key, n integer)');
    {
      await using _worker = await startWorkerProcess(empty.url, patient);
      expect((await ops(empty.url, 'restore', place)).stderr).toContain('Processes of ours use the database');
    }
    await there.database.rows(`insert into consumers (tenant, consumer, stream_version) values ('default', 'billing', 1)`);
    expect((await ops(empty.url, 'restore', place)).stderr).toContain('The database holds rows in consumers. Restore into an empty one');
    await there.database.rows('delete from consumers');
    // What its processor's setUp has put there is no reason.
    await there.database.rows('insert into own_effects values (7, 7)');
    expect((await ops(empty.url, 'restore', place)).exitCode).toBe(0);
    expect(await there.database.rows('select * from own_effects')).toEqual([{ id: '1', n: 2 }]);
  });

  test('is compared by the bytes of text: it is restored into a database of another collation, also tables without a key or an order', async () => {
    await using english = await createTestDatabase(`template template0 locale_provider icu icu_locale 'en'`);
    await using there = restored(english.url);
    const { rows } = there.database;
    const make = [
      'create table own_notes (note text primary key, n integer)',
      'create table own_shapes (shape json, place point, word text)',
    ];
    for (const statement of make) {
      await source.rows(statement);
      await rows(statement);
    }
    await source.append(plain(20));
    await source.rows(`insert into own_notes values ('a', 1), ('B', 2), ('ä', 3), ('Z', 4)`);
    await source.rows(`insert into own_shapes values ('{"a": 1}', '(1,2)', 'a'), ('{"a": 1}', '(1,2)', 'B'), (null, '(0,0)', '')`);
    expect(await ops(source.url, 'backup', '--out', place)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await ops(english.url, 'restore', place)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await rows('select note from own_notes order by note')).toEqual([{ note: 'a' }, { note: 'ä' }, { note: 'B' }, { note: 'Z' }]);
    expect(await rows('select count(*)::int as n from own_shapes')).toEqual([{ n: 3 }]);
    // And back, out of the one with another collation.
    await ops(english.url, 'backup', '--out', `${place}-back`);
    await using back = restored();
    for (const statement of make) await back.database.rows(statement);
    expect(await ops(empty.url, 'restore', `${place}-back`)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('from before that is compared as it was written: in the order of its own database', async () => {
    await using english = await createTestDatabase(`template template0 locale_provider icu icu_locale 'en'`);
    await using there = restored(english.url);
    for (const { rows } of [source, there.database]) await rows('create table own_notes (note text primary key)');
    await source.rows(`insert into own_notes values ('a'), ('B')`);
    await ops(source.url, 'backup', '--out', place);
    const said = join(place, 'manifest.json');
    type Said = { row_order?: string; tables: { name: string; file: string; sha256: string }[] };
    const { row_order: order, ...manifest } = JSON.parse(await readFile(said, 'utf8')) as Said;
    expect(order).toBe('bytes');
    const notes = manifest.tables.find(({ name }) => name === 'own_notes')!;
    await writeFile(join(place, notes.file), gzipSync('a\nB\n'));
    notes.sha256 = createHash('sha256').update('a\nB\n').digest('hex');
    await writeFile(said, JSON.stringify(manifest));
    expect(await ops(english.url, 'restore', place)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('has every day of the log that its snapshot shows: none is dropped under it', async () => {
    await source.append(plain(5));
    const [today] = await source.rows<{ name: string }>('select tableoid::regclass::text as name from log limit 1');
    const holder = await source.pool.connect();
    await holder.query('begin; lock table access_audit in access exclusive mode');
    const taken = ops(source.url, 'backup', '--out', place);
    await eventually(
      () => source.rows(`select from pg_locks where relation = 'access_audit'::regclass and not granted`),
      (waiting) => waiting.length === 1,
    );
    await holder.query('savepoint retention; set local lock_timeout = 200');
    await expect(holder.query(`alter table log detach partition ${today!.name}`)).rejects.toThrow('lock timeout');
    await holder.query('rollback');
    holder.release();
    expect((await taken).exitCode).toBe(0);
    const manifest = JSON.parse(await readFile(join(place, 'manifest.json'), 'utf8')) as { tables: { name: string; rows: number }[] };
    expect(manifest.tables.find(({ name }) => name === 'log')).toMatchObject({ rows: 5 });
  });

  test('leaves nothing where it can not be taken, and does not write over another', async () => {
    expect((await ops(source.url, 'backup', '--out', folder)).stderr).toContain('is there already');
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { exitCode, stderr } = await ops(source.url, 'backup', '--out', join(file, 'backup'));
    expect(stderr).toMatch(/^\S*file\/backup can't be written: [^]*Name a folder in one that is yours\.$/);
    expect(exitCode).toBe(3);
    await rm(file);
    await source.rows('drop table faultline_migrations');
    expect((await ops(source.url, 'backup', '--out', place)).exitCode).toBe(3);
    expect(await readdir(folder)).toEqual([]);
  });

  test('makes the folders above its own, also of a name with a slash at its end', async () => {
    const deep = join(folder, 'backups', 'of-today');
    expect(await ops(source.url, 'backup', '--out', `${deep}/`)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readdir(join(folder, 'backups'))).toEqual(['of-today']);
    expect((await ops(source.url, 'verify-backup', `${deep}/`)).exitCode).toBe(0);
  });
});

test('fence raises every epoch after a restore by another tool', async () => {
  await source.rows('update checkpoints set epoch = 5');
  expect((await ops(source.url, 'fence')).exitCode).toBe(0);
  expect(await source.rows('select distinct epoch::int from checkpoints')).toEqual([{ epoch: 1_000_000_005 }]);
});
