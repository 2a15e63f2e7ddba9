import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJson, readRunData } from './read-run-data.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-run-data-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['null', '7', '"text"', 'true'])('a file that holds %s is damaged, with its name, and not half of a run', async (text) => {
  await writeFile(join(folder, 'plan.json'), text);
  await expect(readRunData(folder)).rejects.toMatchObject({
    code: 'FL_RUN_FOLDER',
    message: expect.stringMatching(/plan\.json cannot be read: it holds .*, and no object or list/),
  });
});

test('one that is missing is what its reader says, one that holds an object or a list is read', async () => {
  expect(await readJson(join(folder, 'none.json'), null)).toBeNull();
  await writeFile(join(folder, 'a.json'), '[1]');
  expect(await readJson(join(folder, 'a.json'))).toEqual([1]);
});
