import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createWorkerDatabase, patient, startWorkerProcess, type WorkerDatabase } from '../../workers/testing.ts';

const write = async (files: Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-own-'));
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    }),
  );
  return { folder, paths, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};

const processor = (fields: string) =>
  `import { defineProcessor } from 'faultline/processor';\nexport default defineProcessor({ name: 'revenue', version: 1, handle: () => {}, ${fields} });\n`;

/** What a worker says that does not start. */
const refusal = async (
  database: WorkerDatabase,
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) => {
  await using written = await write(files);
  const given = { ...patient, FAULTLINE_PROCESSORS: written.paths.join(','), ...environment };
  try {
    await using _worker = await startWorkerProcess(database.url, given);
    return 'it started';
  } catch (error) {
    return (error as Error).message.replaceAll(`${written.folder}/`, '');
  }
};

const ownTables = (database: WorkerDatabase) =>
  database.rows(`select relname from pg_class where relname like 'own\\_%' and relkind = 'r' and relname <> 'own_processors'`);

describe("a worker with a processor of a team's own that can't be used", () => {
  test('says the file, what is wrong and what to do, without a stack trace', async () => {
    await using database = await createWorkerDatabase();
    const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
      [{ 'a.ts': 'export default defineProcessor({\n  name: "x"\n  version: 1 });\n' }, 'a.ts: It has a syntax error in line 3:'],
      [{ 'a.ts': "import './nowhere.ts';\n" }, 'a.ts: It imports what is not there: Cannot find module'],
      [{ 'a.ts': "\nthrow new Error('no such flag');\n" }, 'a.ts: It throws as it loads in line 2: no such flag'],
      [{ 'a.ts': 'export const handle = 1;\n' }, 'a.ts: It has no default export: write `export default defineProcessor({ … })`.'],
      [{ 'a.ts': processor('handle: 7') }, 'handle is 7: give a function that takes an event and a context.'],
      [
        { 'a.ts': processor("name: 'Events!', colour: 1") },
        'name is "Events!": give lower-case words joined by hyphens, at most 24 characters.',
      ],
      [{ 'a.ts': processor("name: 'events'") }, "name is 'events', which is a processor of faultline: give another."],
      [
        { 'a.ts': processor(''), 'b.ts': processor('') },
        "a.ts and b.ts: both are called 'revenue'. Give each processor a name of its own.",
      ],
      [
        { 'a.ts': processor('deadlineMs: 30_000') },
        "a.ts: deadlineMs is 30000 for 'revenue', but it has to be below half of FAULTLINE_LEASE_MS (30000).",
      ],
      [{ 'a.ts': 'process.exit(4);\n' }, 'a.ts: It ends its thread as it loads, with exit code 4.'],
      [{ 'a.ts': "export default { name: 'revenue', version: 1 };\n" }, 'a.ts: handle is missing: give a function'],
    ];
    for (const [files, said] of cases) {
      const message = await refusal(database, files);
      expect(message).toContain(said);
      expect(message).not.toMatch(/\n\s+at /);
    }
    expect(await refusal(database, {}, { FAULTLINE_PROCESSORS: '/nowhere/a.ts' })).toBe('/nowhere/a.ts: There is no such file.');
    expect(await database.rows('select from own_processors')).toEqual([]);
  }, 120_000);

  test('that never comes to an end of loading is ended', async () => {
    await using database = await createWorkerDatabase();
    expect(await refusal(database, { 'a.ts': 'for (;;) Math.random();\n' })).toContain(
      'a.ts: It did not come to an end of loading within 10 s',
    );
  }, 60_000);

  test('whose tables fail leaves nothing half made, of none of them', async () => {
    await using database = await createWorkerDatabase();
    const good = processor("name: 'good', tables: { totals: 'day date primary key' }");
    const bad = processor("tables: { totals: 'day date', counts: 'n integre' }");
    const message = await refusal(database, { 'a.ts': good, 'b.ts': bad });
    expect(message).toBe(
      `b.ts: the tables of 'revenue' version 1 can't be made: type "integre" does not exist, in: create table own_revenue_v1__counts (n integre). ` +
        'Nothing was made; correct the statement and start again.',
    );
    const ends = processor("tables: { totals: 'day date' }, setUp: () => ['commit']");
    expect(await refusal(database, { 'a.ts': ends })).toContain('the transaction is not its to end');
    expect(await ownTables(database)).toEqual([]);
    expect(await database.rows('select from own_processors')).toEqual([]);
    expect(await database.rows(`select from checkpoints where processor not in ('events', 'timelines')`)).toEqual([]);
  });

  test('is refused where it changed its tables and not its version, and where the version before is not there', async () => {
    await using database = await createWorkerDatabase();
    expect(await refusal(database, { 'a.ts': processor("tables: { totals: 'day date' }") })).toBe('it started');
    expect(await refusal(database, { 'a.ts': processor("tables: { totals: 'day date, n integer' }") })).toContain(
      "a.ts: 'revenue' version 1 is in the database already, and its tables (`tables`, `setUp`) changed since. Raise `version`, or undo the change.",
    );
    expect(await refusal(database, { 'a.ts': processor("name: 'other', startsFrom: 'previous'") })).toContain(
      "begins where the version before stands, and there is none. Give startsFrom 'beginning' or 'now' for the first version.",
    );
    expect(await refusal(database, { 'a.ts': processor("name: 'other'") }, { FAULTLINE_MIGRATE: 'false' })).toContain(
      'is not in the database yet. Start one worker with FAULTLINE_MIGRATE=true to make its tables.',
    );
  });

  test('makes its tables once where two workers start at the same moment', async () => {
    await using database = await createWorkerDatabase();
    await using written = await write({ 'a.ts': processor("tables: { totals: 'day date' }") });
    const given = { ...patient, FAULTLINE_PROCESSORS: written.paths.join(',') };
    const workers = await Promise.all([startWorkerProcess(database.url, given), startWorkerProcess(database.url, given)]);
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    expect(await ownTables(database)).toHaveLength(1);
  });
});
