import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
