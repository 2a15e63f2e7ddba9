// Ours beside the real promtool, over the same files: both take them, or both refuse. Skipped, and said so, where there is no promtool.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPromtool } from './find-promtool.ts';
import { ruleFileCases } from './fixtures/rule-files.ts';
import { ruleTestCases, testedRules } from './fixtures/rule-tests.ts';

const promtool = findPromtool(process.env);
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Answer = { readonly code: number; readonly output: string };

const ask = async (...parameters: string[]): Promise<Answer> => {
  try {
    const { stdout, stderr } = await run(promtool!, parameters);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
};

describe.skipIf(promtool === null)('the real promtool (set PROMTOOL, or have it on PATH)', () => {
  test.each(ruleFileCases)('agrees on $name', async ({ source, taken }) => {
    const file = join(folder, 'a.yml');
    await writeFile(file, source);
    const { code, output } = await ask('check', 'rules', file);
    expect([code, output]).toEqual([taken ? 0 : 1, output]);
  });

  test.each(ruleTestCases)('agrees on a test of $name', async ({ source, passes }) => {
    await writeFile(join(folder, 'rules.yml'), testedRules);
    await writeFile(join(folder, 'test.yml'), source);
    const { code, output } = await ask('test', 'rules', join(folder, 'test.yml'));
    expect([code, output]).toEqual([passes ? 0 : 1, output]);
  });
});
