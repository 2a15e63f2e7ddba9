// The alert rules of this repository and their tests: read and run by ours, and by the real promtool where there is one.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findPromtool } from './find-promtool.ts';
import { readRuleFileAt } from './reading/load-rule-files.ts';
import { failureText } from './testing-format/failure-text.ts';
import { runTestFile } from './testing-format/run-test-file.ts';

const folder = fileURLToPath(new URL('../../../../grafana/alerts/', import.meta.url));
const filesOf = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: folder })
    .map((file) => join(folder, file))
    .toSorted();
const ruleFiles = filesOf('*.rules.yml');
const testFiles = filesOf('tests/*.test.yml');
const titled = (files: readonly string[]): readonly { readonly name: string; readonly file: string }[] =>
  files.map((file) => ({ name: basename(file), file }));

test('there are rules, and tests of them', () => {
  expect(ruleFiles.length).toBeGreaterThan(0);
  expect(testFiles.length).toBeGreaterThan(0);
});

test.each(titled(ruleFiles))('$name is right, without a warning', async ({ file }) => {
  expect(await readRuleFileAt(file)).toMatchObject({ problems: [], warnings: [] });
});

test.each(titled(testFiles))('$name passes', async ({ file }) => {
  const { problems, warnings, failures, tests } = await runTestFile(file);
  expect([...problems, ...warnings, ...failures.map(failureText)]).toEqual([]);
  expect(tests).toBeGreaterThan(0);
});

const promtool = findPromtool(process.env);

describe.skipIf(promtool === null)('the real promtool (set PROMTOOL, or have it on PATH)', () => {
  const ask = async (...parameters: string[]): Promise<string> =>
    promisify(execFile)(promtool!, parameters).then(
      () => 'agrees',
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );

  test.each(titled(ruleFiles))('takes $name', async ({ file }) => {
    expect(await ask('check', 'rules', '--lint-fatal', file)).toBe('agrees');
  });

  test.each(titled(testFiles))('passes $name', async ({ file }) => {
    expect(await ask('test', 'rules', file)).toBe('agrees');
  });
});
