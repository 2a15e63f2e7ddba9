import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleTestCases, testedRules } from '../fixtures/rule-tests.ts';
import { failureText } from './failure-text.ts';
import { runTestFile } from './run-test-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-test-'));
  await writeFile(join(folder, 'rules.yml'), testedRules);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const run = async (source: string): Promise<readonly string[]> => {
  await writeFile(join(folder, 'test.yml'), source);
  const { problems, failures } = await runTestFile(join(folder, 'test.yml'));
  return [...problems, ...failures.map(failureText)];
};

test.each(ruleTestCases.filter(({ passes }) => passes))('passes $name', async ({ source }) => {
  expect(await run(source)).toEqual([]);
});

test.each(ruleTestCases.filter(({ passes }) => !passes))('fails $name', async ({ source }) => {
  expect(await run(source)).not.toEqual([]);
});

test('names its rules by a pattern also from a folder whose own name is one', async () => {
  const work = join(folder, '[work]');
  await mkdir(work);
  await writeFile(join(work, 'one.rules.yml'), testedRules);
  for (const named of ['one.rules.yml', '*.rules.yml']) {
    await writeFile(join(work, 'test.yml'), `rule_files: ['${named}']\ntests: []\n`);
    expect(await runTestFile(join(work, 'test.yml'))).toMatchObject({ problems: [], warnings: [] });
  }
});
