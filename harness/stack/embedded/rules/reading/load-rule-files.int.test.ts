// Names and patterns on a real disk: also in folders whose names would be patterns themselves.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';
import { loadRuleFiles } from './load-rule-files.ts';

let folder = '';
let work = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-rules-'));
  work = join(folder, '[work] {a}?*');
  await mkdir(join(work, 'rules'), { recursive: true });
  const rules = (name: string) => `groups: [{ name: ${name}, rules: [{ record: "one", expr: "1" }] }]\n`;
  for (const name of ['a1.yml', 'a[1].yml', 'b.yml']) await writeFile(join(work, 'rules', name), rules(`"${name}"`));
});
afterEach(() => rm(folder, { recursive: true }));

test('a name of a file that is there is that file, whatever is in the name', async () => {
  const file = join(work, 'rules', 'a[1].yml');
  const loaded = await loadRuleFiles([file]);
  expect(loaded.map(({ file: name, groups }) => [name, groups.map((group) => group.name)])).toEqual([[file, ['a[1].yml']]]);
});

test('a pattern is looked for from the folder on that is there, whatever is in its name', async () => {
  const inRules = (...names: readonly string[]) => names.map((name) => join(work, 'rules', name));
  expect(await findFiles([join(work, 'rules', '*.yml')])).toEqual(inRules('a1.yml', 'a[1].yml', 'b.yml'));
  expect(await findFiles([join(work, '*', '{b,c}.yml')])).toEqual(inRules('b.yml'));
  expect(await findFiles([join(folder, '*', 'rules', 'a[0-9].yml')])).toEqual(inRules('a1.yml'));
  expect(await findFiles([relative('', join(work, 'rules', 'a?.yml'))])).toEqual([relative('', join(work, 'rules', 'a1.yml'))]);
});

test('what names no file is told as it was written', async () => {
  const pattern = join(work, 'rules', 'c[1].yml');
  await expect(loadRuleFiles([pattern])).rejects.toThrow(`${pattern}: no file matches this pattern`);
});
