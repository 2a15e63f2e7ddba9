import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OpsError } from '../ops-error.ts';
import { importFile, type Importing } from './import-file.ts';

const mapping = { system_name: { value: 'shop' }, object_id: 'o', event_name: 'e', event_time: 't', metadata: {} };

/** Tries a CSV file by a mapping, and gives what is printed. */
const tryMapping = async (columns: unknown, text = JSON.stringify(columns)): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-mapping-'));
  try {
    const file = join(folder, 'orders.csv');
    await writeFile(file, 'o,e,t\na,paid,2020-01-02T03:04:05Z\n');
    let said = '';
    const surroundings = {
      out: (text: string) => void (said += text),
      readFile: () => Promise.resolve(text),
      clock: { nowMs: () => 0 },
    };
    const options = { columns: 'columns.json', dryRun: true };
    await importFile({ file, options, json: false, surroundings } as unknown as Importing);
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

test('a file is read by a mapping that is one', async () => {
  expect(await tryMapping(mapping)).toMatch(/events +1 /);
});

test('a constant that a double does not keep is refused, and no event gets another', async () => {
  const text = JSON.stringify({ ...mapping, metadata: { batch: { value: 1 } } }).replace('"value":1', '"value":9007199254740993');
  await expect(tryMapping(null, text)).rejects.toThrow('columns.json holds 9007199254740993, which a double does not keep');
});

test.each([
  [{ ...mapping, delimiter: 5 }, '/delimiter must be one character'],
  [{ ...mapping, delimiter: null }, '/delimiter must be one character'],
  [{ ...mapping, metadata: null, extra: 1 }, '/extra is not known here; /metadata must be'],
  [null, '/ must be object'],
])('the mapping %j is refused with what is wrong in it, and the file is not read', async (columns, words) => {
  const error: unknown = await tryMapping(columns).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpsError);
  expect((error as Error).message).toContain(`The mapping in columns.json can't be used: ${words}`);
});

type Answers = {
  readonly opened?: object;
  /** Of the lines. */
  readonly sent?: () => object;
  readonly end?: () => object;
  readonly refused?: () => object;
  /** Runs once the import is open. */
  readonly onOpen?: (file: string) => Promise<void>;
};

const event = `{"system_name":"shop","object_id":"o","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{}}\n`;
const settled = { state: 'done', next_line: 2, appended: 1, duplicates: 0, refused: 0, rate_per_second: 10, brake: null };
const outOfReach = (): never => {
  throw new OpsError('The query process does not answer.');
};

/** Imports a file of one line to a query process that answers this. */
const bring = async ({ opened, sent = () => settled, end = () => settled, refused = outOfReach, onOpen }: Answers) => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-import-'));
  try {
    const file = join(folder, 'orders.ndjson');
    await writeFile(file, event);
    let told = '';
    const api = {
      post: async () => {
        await onOpen?.(file);
        return { name: 'orders.ndjson', state: 'running', next_line: 1, lines: 1, known: false, ...opened };
      },
      send: async () => sent(),
      get: async (path: string) => (path.endsWith('/refused') ? refused() : end()),
    };
    const surroundings = { out: () => {}, err: (text: string) => void (told += text), clock: { nowMs: () => 0 }, sleep: async () => {} };
    const options = { why: 'w', by: 'ann' };
    const exitCode = await importFile({ api, file, options, json: false, surroundings } as unknown as Importing);
    return { exitCode, told };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const look = 'Look at it: npm run ops -- imports show orders.ndjson\n';

test.each<[string, Answers, string]>([
  ['its lines are not answered', { sent: outOfReach }, 'The query process does not answer.'],
  ['its end is not answered', { end: outOfReach }, 'The query process does not answer.'],
  [
    'its file changes meanwhile',
    {
      sent: () => ({ ...settled, state: 'running' }),
      onOpen: (file) => writeFile(file, event.replace('paid', 'sent')),
    },
    'changed while it was read',
  ],
])('an import that is open is not said to be nothing where %s', async (_where, answers, words) => {
  const { exitCode, told } = await bring(answers);
  expect([exitCode, told]).toEqual([2, expect.stringContaining(words)]);
  expect(told).toMatch(/^import orders\.ndjson was opened, and is not known to be done\. /m);
  expect(told.endsWith(look)).toBe(true);
});

test('an import that was cancelled before is refused: nothing was asked for', async () => {
  await expect(bring({ opened: { state: 'cancelled', known: true } })).rejects.toThrow("Import 'orders.ndjson' was cancelled at line 1");
});

test('an import that is done is done, also where the report of its refused lines can not be written', async () => {
  const { exitCode, told } = await bring({ end: () => ({ ...settled, appended: 0, refused: 1 }) });
  expect([exitCode, told.split('\n').slice(-2)]).toEqual([
    1,
    ['The report of the refused lines is not written; the same command again writes it. The query process does not answer.', ''],
  ]);
});
