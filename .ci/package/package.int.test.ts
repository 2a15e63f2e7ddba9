// The package on somebody else's system: installed into a project outside of the source tree, which is built and run as its authors would.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunVerdict } from '../../harness/engine/verdict.ts';
import { type InstalledPackage, installPackage } from './installed-package.ts';

let installed: InstalledPackage;
beforeAll(async () => void (installed = await installPackage('fifty-line-tracker')), 180_000);
afterAll(() => installed[Symbol.asyncDispose]());

test('the package has a command, types and compiled code, and none of its tests', async () => {
  const home = join(installed.folder, 'node_modules/faultline');
  for (const path of [
    'bin/faultline.js',
    'dist/harness/scenario/language.d.ts',
    'dist/harness/cli/faultline.js',
    'dist/system/main/ingest.js',
  ])
    await access(join(home, path));
  await expect(access(join(home, 'dist/harness/cli/checks.test.js'))).rejects.toThrow(/ENOENT/);
  const { exitCode, stdout } = await installed.run('faultline', ['--help']);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('verify') as string]);
});

test('a plain tracker is caught storing what its clients sent twice, with the rows that show it', { timeout: 120_000 }, async () => {
  const built = await installed.run('tsc', []);
  expect(built).toMatchObject({ exitCode: 0, stdout: '' });
  const ended = await installed.run('faultline', ['verify', '--target', 'dist/target.js', '--seed', '7', '--json']);
  expect(ended.exitCode, ended.stderr).toBe(1);
  const { scenarios } = JSON.parse(ended.stdout) as RunVerdict;
  const [verdict] = scenarios;
  expect(verdict).toMatchObject({ scenario: 'clients-send-twice', verdict: 'fail', target: 'fifty-line-tracker' });
  const failed = verdict?.results.filter(({ outcome }) => outcome === 'fail') ?? [];
  expect(failed.map(({ id }) => id)).toEqual(['safety/duplicate-in-log']);
  expect(failed[0]?.findingsTotal).toBeGreaterThan(20);
  const [finding] = failed[0]?.findings ?? [];
  expect(finding?.message).toMatch(/^event clients-send-twice-7-\d+ is in the log 2 times$/);
  // The rows of one event, and nothing of any other.
  const witness = JSON.stringify(finding?.witness);
  expect(new Set(witness.match(/clients-send-twice-7-\d+/g)).size).toBe(1);
  // What the machine's other work did to the run is nobody's defect here.
  const inDoubt = verdict?.results.filter(({ id, outcome }) => outcome === 'inconclusive' && !/^validity\/(machine|generator)$/.test(id));
  expect(inDoubt).toEqual([]);
  expect(verdict?.notPossible?.map(({ check }) => check)).toEqual(expect.arrayContaining(['agreement', 'accounting', 'detection']));
});

test('what the tracker does not offer is said, and nothing is judged of it', { timeout: 60_000 }, async () => {
  const { stdout, exitCode } = await installed.run('faultline', ['verify', '--target', 'dist/target.js', '--plan', '--seed', '7']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/not possible.*agreement/s);
  expect(stdout).toContain('the target offers no metrics: it exports none');
});
