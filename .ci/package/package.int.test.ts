// The package on systems that are not ours: installed into projects outside of the source tree, which are built and run as their authors would.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../system/storage/postgres/testing.ts';
import type { RunVerdict, ScenarioVerdict } from '../../harness/engine/verdict.ts';
import { type InstalledPackage, type PackedPackage, packPackage } from './installed-package.ts';

let packed: PackedPackage;
beforeAll(async () => void (packed = await packPackage()), 180_000);
afterAll(() => packed[Symbol.asyncDispose]());

/** Exit code 1 with the verdict on its one scenario. */
const failed = async (project: InstalledPackage, seed: number): Promise<ScenarioVerdict> => {
  const ended = await project.run('faultline', ['verify', '--target', 'dist/target.js', '--seed', String(seed), '--json']);
  expect(ended.exitCode, ended.stderr).toBe(1);
  const { scenarios } = JSON.parse(ended.stdout) as RunVerdict;
  expect(scenarios).toHaveLength(1);
  return scenarios[0] as ScenarioVerdict;
};
const idsOf = (verdict: ScenarioVerdict, outcome: 'fail' | 'inconclusive'): readonly string[] =>
  verdict.results
    // What the machine's other work did to the run is nobody's defect here.
    .filter((result) => result.outcome === outcome && !/^validity\/(machine|generator|clock)$/.test(result.id))
    .map(({ id }) => id);

describe('a shop that sends its orders', () => {
  test(
    'with the client of the package, to the ingest of the package; run twice, nothing is stored twice',
    { timeout: 120_000 },
    async () => {
      await using database = await createTestDatabase();
      await using project = await packed.install('order-producer');
      expect(await project.run('tsc', [])).toMatchObject({ exitCode: 0, stdout: '' });
      const home = join(project.folder, 'node_modules/faultline');
      const ingest = execa(process.execPath, [join(home, 'dist/system/main/ingest.js')], {
        env: { DATABASE_URL: database.url },
        reject: false,
      });
      let said = '';
      ingest.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      try {
        const address = () => /"address":"(http[^"]+)"/.exec(said)?.[1];
        await expect.poll(address, { timeout: 20_000 }).toBeTruthy();
        const url = address();
        const run = async (...program: readonly string[]) => {
          const { stdout } = await execa('node', [...program], { cwd: project.folder, env: { FAULTLINE_URL: url } });
          return JSON.parse(stdout) as unknown;
        };
        const send = () => run('dist/orders.js');
        expect(await send()).toEqual({ sent: 2000, accepted: 2000, duplicates: 0, failed: {}, remaining: 0 });
        expect(await send()).toEqual({ sent: 2000, accepted: 2000, duplicates: 2000, failed: {}, remaining: 0 });
        expect(await run('dist/measure.js', '300', '100')).toMatchObject({ accepted: 300, keys: 100, retries: 0 });
      } finally {
        ingest.kill('SIGKILL');
        await ingest;
      }
    },
  );
});

describe("a processor of a team's own", () => {
  test(
    'is tested by the kit of the package, as its authors would, and run by the worker of the package',
    { timeout: 120_000 },
    async () => {
      await using project = await packed.install('daily-revenue');
      expect(await project.run('tsc', [])).toMatchObject({ exitCode: 0, stdout: '' });
      const tests = await execa(process.execPath, ['--test', 'revenue.test.ts'], { cwd: project.folder, reject: false });
      expect(tests.exitCode, tests.stdout + tests.stderr).toBe(0);
      expect(tests.stdout).toMatch(/pass 3\b/);
      await using database = await createTestDatabase();
      const worker = execa(process.execPath, [join(project.folder, 'node_modules/faultline/dist/system/main/worker.js')], {
        cwd: project.folder,
        env: { DATABASE_URL: database.url, FAULTLINE_PROCESSORS: 'revenue.ts' },
        reject: false,
      });
      let said = '';
      worker.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      try {
        await expect
          .poll(() => /"faultline.process.(?:ready|refused)"[^\n]*/.exec(said)?.[0], { timeout: 30_000 })
          .toMatch(/process\.ready/);
      } finally {
        worker.kill('SIGKILL');
        await worker;
      }
    },
  );
});

describe('a plain tracker', () => {
  let project: InstalledPackage;
  beforeAll(async () => void (project = await packed.install('fifty-line-tracker')));
  afterAll(() => project[Symbol.asyncDispose]());

  test('finds in the package a command, types and compiled code, and none of its tests', async () => {
    const home = join(project.folder, 'node_modules/faultline');
    for (const path of [
      'bin/faultline.js',
      'dist/harness/scenario/language.d.ts',
      'dist/harness/cli/faultline.js',
      'dist/system/main/ingest.js',
    ])
      await access(join(home, path));
    await expect(access(join(home, 'dist/harness/cli/checks.test.js'))).rejects.toThrow(/ENOENT/);
    expect(await project.run('faultline', ['--help'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('verify') as string });
  });

  test('is caught storing what its clients sent twice, with the deliveries and rows of one event', { timeout: 120_000 }, async () => {
    expect(await project.run('tsc', [])).toMatchObject({ exitCode: 0, stdout: '' });
    const verdict = await failed(project, 7);
    expect(verdict).toMatchObject({ scenario: 'clients-send-twice', verdict: 'fail', target: 'fifty-line-tracker' });
    expect(idsOf(verdict, 'inconclusive')).toEqual([]);
    expect(idsOf(verdict, 'fail')).toEqual(['safety/duplicate-in-log']);
    const result = verdict.results.find(({ id }) => id === 'safety/duplicate-in-log');
    expect(result?.findingsTotal).toBeGreaterThan(20);
    const [finding] = result?.findings ?? [];
    expect(finding?.message).toMatch(/^event clients-send-twice-7-\d+ is in the log 2 times$/);
    expect(finding?.witness.rows).toHaveLength(2);
    expect(finding?.witness.operations).toHaveLength(2);
    // Of one event, and of no other.
    expect(new Set(JSON.stringify(finding?.witness).match(/clients-send-twice-7-\d+/g)).size).toBe(1);
    expect(verdict.notPossible?.map(({ check }) => check)).toEqual(expect.arrayContaining(['agreement', 'accounting', 'detection']));
  });

  test('is told before a run what will not be judged, with the reason', { timeout: 60_000 }, async () => {
    const { stdout, exitCode } = await project.run('faultline', ['verify', '--target', 'dist/target.js', '--plan', '--seed', '7']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/not possible.*agreement/s);
    expect(stdout).toContain('the target offers no metrics: it exports none');
  });
});

const redis = await execa('redis-server', ['--version'], { reject: false });

describe.skipIf(redis.failed)('a consumer group on Redis Streams (skipped where there is no redis-server)', () => {
  test('loses what its consumers had read when they died, or leaves it unacknowledged for ever', { timeout: 120_000 }, async () => {
    await using project = await packed.install('redis-streams');
    expect(await project.run('tsc', [])).toMatchObject({ exitCode: 0, stdout: '' });
    const verdict = await failed(project, 7);
    expect(verdict).toMatchObject({ scenario: 'consumers-die', verdict: 'fail', target: 'redis-streams' });
    expect(verdict.faults).toHaveLength(4);
    expect(verdict.faults.some(({ tookEffect, healed }) => tookEffect && healed)).toBe(true);
    const reasons = verdict.results.filter(({ id }) => ['safety/lost', 'liveness/drained'].includes(id));
    expect(idsOf(verdict, 'fail').every((id) => reasons.some((reason) => reason.id === id))).toBe(true);
    expect(reasons.map(({ summary }) => summary).join(' ')).toMatch(/entries were read by a consumer and never acknowledged/);
  });
});
