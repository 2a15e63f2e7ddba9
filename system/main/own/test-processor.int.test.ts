import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Client } from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { defineProcessor } from '../../processor/define-processor.ts';
import { createTestDatabase } from '../../storage/postgres/testing.ts';
import { testProcessor, type GivenEvent } from './test-processor.ts';

const happened = (object_id: string, metadata: unknown = {}, more: Partial<GivenEvent> = {}): GivenEvent => ({
  system_name: 'shop',
  object_id,
  event_name: 'happened',
  metadata,
  ...more,
});

const counting = defineProcessor({
  name: 'counting',
  version: 3,
  tables: { counts: 'key text primary key, n bigint not null' },
  handle: async ({ objectId, metadata }, { query, tables }) => {
    await query(`insert into ${tables.counts} as c values ($1, 1) on conflict (key) do update set n = c.n + 1`, [objectId]);
    if ((metadata as { bad?: boolean }).bad) throw new Error('bad');
    if ((metadata as { never?: boolean }).never) await new Promise(() => {});
  },
});

const connect = async (connectionString = inject('postgresUrl')) => {
  const client = new Client({ connectionString });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
};

describe('the test kit of processors', () => {
  test('runs what it is given, in order, on a connection that is handed over, and leaves nothing there', async () => {
    // A database of its own: others make such schemas at the same time.
    await using database = await createTestDatabase();
    await using client = await connect(database.url);
    const schemas = async () => (await client.query(`select nspname from pg_namespace where nspname like 'faultline_test%'`)).rows;
    const before = await schemas();
    {
      await using given = await testProcessor(counting, { client });
      await given.given([happened('a'), happened('b', { bad: true }), happened('b'), happened('a'), happened('c', {}, { sequence: 2 })]);
      expect(await given.run()).toMatchObject({
        applied: 2,
        ignored: 0,
        deadLetters: [{ objectId: 'b', reason: 'handler_threw', message: 'bad', attempts: 3 }],
        waitingBehind: 1,
        early: 1,
        notPassed: 0,
      });
      expect(await given.rows('counts')).toEqual([{ key: 'a', n: 2 }]);
      await given.given([happened('c', {}, { sequence: 1 })]);
      expect(await given.run()).toMatchObject({ applied: 2, early: 0 });
    }
    expect(await schemas()).toEqual(before);
    // The connection is as it was: bigints are text again, and its schema is its own.
    expect((await client.query(`select 1::bigint as n, current_schema() as schema`)).rows).toEqual([{ n: '1', schema: 'public' }]);
  });

  test('tells an event that is none, tables that can not be made, and a handler that never answers', async () => {
    await using client = await connect();
    {
      await using given = await testProcessor(counting, { client });
      await expect(given.given([{ system_name: 'shop' } as never])).rejects.toThrow(/is no event: .*object_id/);
      await given.given([happened('a', { never: true })]);
      const { deadLetters } = await given.run();
      expect(deadLetters).toMatchObject([{ reason: 'handler_threw', message: expect.stringMatching(/ran past its deadline/) as string }]);
    }
    const broken = defineProcessor({ name: 'broken', version: 1, tables: { a: 'n integre' }, handle: () => {} });
    await expect(testProcessor(broken, { client })).rejects.toMatchObject({ code: 'FL_PROCESSOR_TABLES' });
    expect((await client.query('select current_schema() as schema')).rows).toEqual([{ schema: 'public' }]);
  });

  test('goes on until every early event that became due is done, also those that a retry let go', async () => {
    await using client = await connect();
    let attempts = 0;
    const handle: typeof counting.handle = ({ sequence }, { query, tables }) => {
      if (sequence === 1 && (attempts += 1) === 1) throw new Error('not at the first time');
      return query(`insert into ${tables.counts} values ($1, 1)`, [sequence]);
    };
    await using given = await testProcessor(defineProcessor({ ...counting, handle }), { client });
    // More than one transaction takes.
    const numbers = Array.from({ length: 150 }, (_, index) => 150 - index);
    await given.given(numbers.map((sequence) => happened('a', {}, { sequence })));
    expect(await given.run()).toMatchObject({ applied: 150, deadLetters: [], waitingBehind: 0, early: 0 });
  });

  test("fails an event that would be given a rounded number, as a worker does, on a connection that is handed over and on the package's own", async () => {
    const totals = defineProcessor({
      name: 'totals',
      version: 1,
      tables: { totals: 'total bigint not null' },
      handle: async ({ metadata }, { query, tables }) => {
        const { cast } = metadata as { cast: string };
        await query(`insert into ${tables.totals} values (9007199254740993)`);
        const { rows } = await query<{ total: unknown }>(`select total${cast} as total from ${tables.totals}`);
        if (rows[0]!.total !== '9007199254740993') throw new Error(`it is ${String(rows[0]!.total)}`);
      },
    });
    await using client = await connect();
    for (const options of [{ client }, {}]) {
      await using given = await testProcessor(totals, options);
      await given.given([happened('a', { cast: '' }), happened('b', { cast: '::text' })]);
      const message = '9007199254740993 is not below 2^53, and would be rounded: select it as text (::text).';
      expect(await given.run()).toMatchObject({ applied: 1, deadLetters: [{ objectId: 'a', reason: 'handler_threw', message }] });
    }
  });

  test('stands still where the processor does', async () => {
    await using client = await connect();
    await using given = await testProcessor(defineProcessor({ ...counting, onError: { action: 'stop' } }), { client });
    await given.given([happened('a'), happened('b', { bad: true }), happened('c')]);
    expect(await given.run()).toMatchObject({ applied: 1, deadLetters: [], notPassed: 2 });
  });

  test('gives events in the version that they say, and fails one that is of another', async () => {
    await using client = await connect();
    const seen: unknown[] = [];
    const reader = defineProcessor({
      name: 'reader',
      version: 1,
      reads: { versions: [{ system: 'shop', event: 'happened', version: 2 }] },
      handle: ({ objectId, schemaVersion }) => void seen.push([objectId, schemaVersion]),
    });
    await using given = await testProcessor(reader, { client });
    await given.given([
      happened('a', {}, { schema_version: 2 }),
      happened('b'),
      { ...happened('c'), event_name: 'other' },
      happened('d', {}, { schema_version: 1 }),
    ]);
    expect((await given.run()).deadLetters.map(({ objectId, reason }) => [objectId, reason])).toEqual([
      ['b', 'schema_no_cast'],
      ['d', 'schema_no_cast'],
    ]);
    expect(seen).toEqual([
      ['a', 2],
      ['c', null],
    ]);
  });

  test('erases what an object has, and refuses a condition that its table does not take', async () => {
    await using client = await connect();
    const erasing = defineProcessor({ ...counting, erase: { counts: "key = $3 and $2 = 'shop' -- its own" } });
    await using given = await testProcessor(erasing, { client });
    await given.given([happened('a'), happened('a'), happened('b')]);
    await given.run();
    expect(await given.erase({ system_name: 'other', object_id: 'a' })).toEqual({ counts: 0 });
    expect(await given.erase({ system_name: 'shop', object_id: 'a' })).toEqual({ counts: 1 });
    expect(await given.rows('counts')).toEqual([{ key: 'b', n: 1 }]);
    for (const condition of ['n = $3', 'nothing = $3', "key = $3; select 'two'"]) {
      const broken = defineProcessor({ ...counting, name: 'broken', erase: { counts: condition } });
      await using other = await connect();
      await expect(testProcessor(broken, { client: other })).rejects.toMatchObject({
        code: 'FL_PROCESSOR_TABLES',
        message: expect.stringContaining(condition) as string,
      });
    }
  });

  test('has a PostgreSQL of its own where none is handed over', async () => {
    await using one = await testProcessor(counting);
    await using other = await testProcessor(counting);
    await one.given([happened('a')]);
    expect(await one.run()).toMatchObject({ applied: 1 });
    expect(await other.rows('counts')).toEqual([]);
    await expect(other.rows('count' as 'counts')).rejects.toThrow(/has no table 'count'; there are: counts/);
  });

  test.each([
    ['ended', 'await given[Symbol.asyncDispose]()'],
    ['threw', `throw new Error('bad')`],
    ['was interrupted, and all it started with it', `process.kill(0, 'SIGINT')`],
    ['was killed', `process.kill(process.pid, 'SIGKILL')`],
  ])('leaves no folder of its own PostgreSQL once the process that tests %s', async (_how, last) => {
    const temporary = await mkdtemp(join(tmpdir(), 'faultline-test-kit-'));
    await using _temporary = { [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }) };
    // Where root runs this, the server's account has to pass.
    await chmod(temporary, 0o711);
    const folders = async () => (await readdir(temporary)).filter((name) => name.startsWith('faultline-processor-test-'));
    const program = `
      import { readdirSync } from 'node:fs';
      import { testProcessor } from ${JSON.stringify(new URL('test-processor.ts', import.meta.url).href)};
      const given = await testProcessor({ name: 'counting', version: 1, tables: {}, handle: () => {} });
      console.log(readdirSync(${JSON.stringify(temporary)}).join());
      ${last}`;
    const env = { TMPDIR: temporary, TEMP: temporary };
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], { env, reject: false, detached: true });
    expect(stdout).toContain('faultline-processor-test-');
    await expect.poll(folders, { timeout: 20_000 }).toEqual([]);
  });
});
