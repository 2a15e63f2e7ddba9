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
