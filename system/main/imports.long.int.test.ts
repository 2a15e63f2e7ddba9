// Imports with real processes: the query process that appends, workers that apply, and the command line that sends. Each of them is killed in the middle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import {
  createWorkerDatabase,
  drained,
  eventually,
  expectSound,
  patient,
  startWorkerProcess,
  type WorkerDatabase,
} from '../workers/testing.ts';

const programOf = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url));

type Line = { readonly event_name?: string; readonly attributes: { readonly address: string } };

/** On a port that stays: whoever sends finds it again after a kill. */
const startQuery = async (databaseUrl: string, port: number) => {
  const environment = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    DATABASE_URL: databaseUrl,
    FAULTLINE_PORT: String(port),
    FAULTLINE_IMPORT_LAG_MS: '60000',
    FAULTLINE_IMPORT_COMMIT_MS: '60000',
  };
  const child = spawn(process.execPath, [programOf('query')], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    said.push(text);
    const line = JSON.parse(text) as Line;
    if (line.event_name === 'faultline.process.ready') ready.resolve(line.attributes.address);
  });
  void exited.then(([code]) => ready.reject(new Error(`query ended with ${code}: ${said.join('\n')}`)));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { url: await ready.promise, said, kill, [Symbol.asyncDispose]: kill };
};

const place = async (database: WorkerDatabase) => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-imports-'));
  const query = await startQuery(database.url, 0);
  const parameters = (words: readonly string[]) => [programOf('ops'), '--url', query.url, ...words];
  return {
    folder,
    query,
    ops: (...words: readonly string[]) => execa(process.execPath, parameters(words), { reject: false, timeout: 170_000 }),
    write: async (name: string, content: string | Buffer) => {
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    },
    parameters,
    [Symbol.asyncDispose]: async () => {
      await query.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const line = (n: number, more: object = {}) =>
  JSON.stringify({
    system_name: 'shop',
    object_id: `order-${n % 50}`,
    event_name: 'paid',
    event_time: `2019-03-04T05:06:${String(n % 60).padStart(2, '0')}Z`,
    metadata: { n },
    ...more,
  });
const lines = (count: number, more: (n: number) => object = () => ({})) =>
  `${Array.from({ length: count }, (_, n) => line(n, more(n))).join('\n')}\n`;

/** How often each number of the file stands in the log. */
const timesInLog = async (database: WorkerDatabase) => {
  const rows = await database.rows<{ n: number; times: number }>(
    `select (body::json->'metadata'->>'n')::int as n, count(*)::int as times from log group by 1 order by 1`,
  );
  return new Map(rows.map(({ n, times }) => [n, times]));
};
const settled = async (database: WorkerDatabase) =>
  Number((await database.rows<{ next: string }>('select coalesce(max(next_line), 0) as next from imports'))[0]!.next);

describe('an import', () => {
  test('that is killed again and again, on either side, brings every line once, with ids and without', async () => {
    await using database = await createWorkerDatabase(4);
    await using here = await place(database);
    await using _worker = await startWorkerProcess(database.url, patient);
    const count = 6000;
    const file = await here.write(
      'orders.ndjson',
      lines(count, (n) => (n % 2 === 0 ? { id: `order-${n}` } : {})),
    );
    const words = ['import', file, '--rate', '3000', '--why', 'history of the old shop'];
    let { query } = here;
    const port = Number(new URL(query.url).port);
    for (const victim of ['client', 'server', 'client', 'server'] as const) {
      const before = await settled(database);
      const client = execa(process.execPath, here.parameters(words), { reject: false, timeout: 170_000 });
      await eventually(
        () => settled(database),
        (next) => next >= before + 500,
        30_000,
      );
      if (victim === 'client') client.kill('SIGKILL');
      else {
        await query.kill();
        query = await startQuery(database.url, port);
        client.kill('SIGKILL');
      }
      await client;
    }
    await using _last = query;
    const done = await here.ops(...words);
    expect(done, done.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('0 refused (done)') });
    expect(done.stderr).toMatch(/goes on at line \d{3,}/);
    const times = await timesInLog(database);
    expect(times.size).toBe(count);
    expect([...times.values()].every((one) => one === 1)).toBe(true);
    await drained(database, count, 30_000);
    await expectSound(database, count);
    const [event] = await database.rows(
      `select event_time = '2019-03-04T05:06:07Z' as kept, received_at > now() - interval '5 minutes' as now from events where metadata->>'n' = '7'`,
    );
    expect(event).toEqual({ kept: true, now: true });
    // Each line has its own event, by its place in the ledger.
    const [ledger] = await database.rows(`
      select count(*)::int as lines, bool_and((g.body::json->'metadata'->>'n')::bigint = l.n - 1) as right
      from (select generate_series(from_line, to_line) as n, from_line, first_id from import_ledger) l join log g on g.id = l.first_id + l.n - l.from_line`);
    expect(ledger).toEqual({ lines: count, right: true });

    const again = await here.ops(...words);
    expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is done already') });
    expect([...(await timesInLog(database)).values()].every((one) => one === 1)).toBe(true);
    const audited = await here.ops('imports', 'show', 'orders.ndjson');
    expect(audited.stdout).toMatch(/open[^]*history of the old shop/);
    expect(audited.stdout).toMatch(/finish/);
  }, 180_000);

  test('finds an identity among all events, long after its window, and refuses another body under it', async () => {
    await using database = await createWorkerDatabase();
    await using here = await place(database);
    await using _worker = await startWorkerProcess(database.url, patient);
    const first = await here.write(
      'first.ndjson',
      lines(20, (n) => ({ id: `order-${n}` })),
    );
    expect(await here.ops('import', first, '--why', 'w')).toMatchObject({ exitCode: 0 });
    await drained(database, 20);
    await database.rows('delete from identities');
    const changed = line(3, { id: 'order-3', event_name: 'changed' });
    const same = lines(20, (n) => ({ id: `order-${n}` })).replace(line(3, { id: 'order-3' }), changed);
    // Inside of one file too: the second of two lines with one id.
    const second = await here.write('second.ndjson', `${same}${line(30, { id: 'new' })}\n${line(30, { id: 'new' })}\n`);
    const report = join(here.folder, 'report.ndjson');
    const brought = await here.ops('import', second, '--why', 'w', '--report', report);
    expect(brought, brought.stderr).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('1 appended, 20 were there already, 1 refused (done)'),
    });
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ line: 4, code: 'idempotency_conflict', place: '/id', raw: changed });
    expect((await stat(report)).mode & 0o777).toBe(0o600);
    await drained(database, 21);
    await expectSound(database, 21);
  });

  test('says first what would come of it, and brings nothing where a line would be refused, unless that is wanted', async () => {
    await using database = await createWorkerDatabase();
    await using here = await place(database);
    const secret = 'secret-4711';
    const broken = `${line(1)}\n\n{"${secret}": 1}\n${line(2, { event_time: 'yesterday' })}\n${line(3, { id: 'x', sequence: 1 })}\n${secret}`;
    const file = await here.write('mixed.ndjson', broken);
    const tried = await here.ops('import', file, '--dry-run');
    expect(tried.exitCode).toBe(1);
    expect(tried.stdout).toMatch(/lines +6\nevents +2 \(1 with an id, 1 with a sequence\)\nblank +1\nrefused +3\n/);
    expect(tried.stdout).toMatch(/\n3 +invalid_event +\/system_name[^]*\n4 +invalid_event +\/event_time/);
    expect(await here.ops('import', file, '--why', 'w')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--skip-refused') });
    expect(await database.rows('select from imports')).toHaveLength(0);
    const brought = await here.ops('import', file, '--why', 'w', '--skip-refused');
    expect(brought).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('2 appended, 0 were there already, 3 refused (done)') });
    const reported = (await readFile(`${file}.refused.ndjson`, 'utf8'))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { line: number; reason: string });
    expect(reported.map((one) => one.line)).toEqual([3, 4, 6]);
    // What quotes the line stands in the report beside the file alone: no erasure would find it in the database.
    expect(reported.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(secret),
      expect.stringContaining('RFC 3339'),
      expect.stringContaining(secret),
    ]);
    expect(await database.rows('select line::int, code, place, reason from import_refusals order by line')).toEqual([
      {
        line: 3,
        code: 'invalid_event',
        place: '/system_name',
        reason: expect.stringMatching(
          /^The event does not fit the contract: \/system_name is missing; .*; a field is not of the contract\.$/,
        ),
      },
      { line: 4, code: 'invalid_event', place: '/event_time', reason: expect.stringContaining('RFC 3339') },
      { line: 6, code: 'invalid_json', place: null, reason: 'The body is not JSON, or not UTF-8.' },
    ]);
    expect(here.query.said.join('\n')).not.toContain(secret);
    const { stdout } = await here.ops('--json', 'imports', 'list');
    expect(JSON.parse(stdout)).toMatchObject({ imports: [{ name: 'mixed.ndjson', state: 'done', appended: 2, refused: 3 }] });
  });

  test('says before it begins that its refused lines could not be written, and leaves no copy of standard input', async () => {
    await using database = await createWorkerDatabase();
    await using here = await place(database);
    const copies = join(here.folder, 'copies');
    await mkdir(copies);
    const words = ['import', '-', '--name', 'piped', '--skip-refused', '--report', join(here.folder, 'none', 'report'), '--why', 'w'];
    const refused = await execa(process.execPath, here.parameters(words), {
      input: `${line(1)}\nno event\n`,
      env: { TMPDIR: copies },
      reject: false,
    });
    expect(refused).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/^The refused lines can't be written to [^\n]*--report\.$/),
    });
    expect(await database.rows('select from imports')).toHaveLength(0);
    expect(await readdir(copies)).toEqual([]);
  });

  test('takes CSV by a declared mapping, gzip, and standard input under a name', async () => {
    await using database = await createWorkerDatabase();
    await using here = await place(database);
    const columns = await here.write(
      'columns.json',
      JSON.stringify({
        delimiter: ';',
        system_name: { value: 'shop' },
        object_id: 'order',
        event_name: { value: 'paid' },
        event_time: 'at',
        id: 'no',
        sequence: 'n',
        metadata: { n: { column: 'n', as: 'integer' }, note: 'note' },
      }),
    );
    const csv = `no;order;at;n;note\r\na;o-1;2019-01-01T00:00:00Z;1;"two\nlines; really"\r\nb;o-1;2019-01-02T00:00:00+01:00;2;\r\n`;
    const file = await here.write('orders.csv.gz', gzipSync(csv));
    const brought = await here.ops('import', file, '--columns', columns, '--why', 'w');
    expect(brought, brought.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2 appended') });
    expect(
      await database.rows(`select body::json->'metadata' as metadata, sequence::int, idempotency_key as key from log order by position`),
    ).toEqual([
      { metadata: { n: 1, note: 'two\nlines; really' }, sequence: 1, key: 'a' },
      { metadata: { n: 2, note: '' }, sequence: 2, key: 'b' },
    ]);
    // The same text, plain: known by its hash.
    const plain = await here.write('copy.csv', csv);
    expect(await here.ops('import', plain, '--columns', columns, '--why', 'w')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("came before, as import 'orders.csv'"),
    });
    // Another file under a name that is taken.
    const other = await here.write('other.csv', `${csv}c;o-2;2019-01-01T00:00:00Z;1;\r\n`);
    expect(await here.ops('import', other, '--name', 'orders.csv', '--columns', columns, '--why', 'w')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('another file'),
    });
    const stdin = await here.write('piped.ndjson', lines(5));
    const pipe = (name: readonly string[]) =>
      execa(process.execPath, here.parameters(['import', '-', ...name, '--why', 'w']), { inputFile: stdin, reject: false });
    expect(await pipe([])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--name') });
    const first = await pipe(['--name', 'piped']);
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    expect(await pipe(['--name', 'piped'])).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is done already') });
    expect(await database.rows('select from log')).toHaveLength(7);
  });

  test('can be paused, goes on, and ends for good when it is cancelled; two that send the same file bring it once', async () => {
    await using database = await createWorkerDatabase();
    await using here = await place(database);
    const file = await here.write('slow.ndjson', lines(4000));
    // Ten seconds' worth: a process that pauses it has to start meanwhile.
    const words = ['import', file, '--rate', '400', '--why', 'w'];
    const both = [here.ops(...words), here.ops(...words)];
    await eventually(
      () => settled(database),
      (next) => next > 400,
      30_000,
    );
    expect(await here.ops('imports', 'pause', 'slow.ndjson', '--why', 'busy')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('is paused at line'),
    });
    const stood = await settled(database);
    const pausedAtMs = Date.now();
    await eventually(Date.now, (now) => now > pausedAtMs + 500);
    expect(await settled(database)).toBe(stood);
    expect(await here.ops('imports', 'resume', 'slow.ndjson', '--rate', '50000', '--why', 'quiet')).toMatchObject({ exitCode: 0 });
    for (const { exitCode, stderr } of await Promise.all(both)) expect(exitCode, stderr).toBe(0);
    expect([...(await timesInLog(database)).values()].filter((one) => one !== 1)).toEqual([]);
    expect(await here.ops('imports', 'cancel', 'slow.ndjson', '--why', 'w')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('is done, and stays so'),
    });

    const next = await here.write(
      'next.ndjson',
      lines(3000, () => ({ object_id: 'next' })),
    );
    const sending = here.ops('import', next, '--rate', '100', '--why', 'w');
    await eventually(
      async () => (await database.rows(`select from imports where name = 'next.ndjson' and next_line > 1`)).length,
      (seen) => seen === 1,
      30_000,
    );
    await here.ops('imports', 'cancel', 'next.ndjson', '--why', 'the wrong file', '--by', 'ann');
    expect(await sending).toMatchObject({ exitCode: 2 });
    expect(await here.ops('import', next, '--why', 'w')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('was cancelled') });
    expect(await database.rows(`select action, requested_by, why from import_audit order by entry desc limit 1`)).toEqual([
      { action: 'cancel', requested_by: 'ann', why: 'the wrong file' },
    ]);
  });
});
