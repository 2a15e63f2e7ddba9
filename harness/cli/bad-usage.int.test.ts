// The commands as a user meets them: exit code 3, one line that helps, no stack trace, and nothing started.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './parts.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'faultline-cli-test-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (command: 'verify' | 'judge' | 'parity' | 'compare', ...parameters: string[]) =>
  execa(process.execPath, [join(root, 'harness', 'cli', `${command}.ts`), ...parameters], {
    reject: false,
    stdin: 'ignore',
    cwd: folder,
    timeout: 30_000,
  });

const quietByK6 = `export default {
  name: 'quiet-k6',
  title: 'Quiet',
  why: 'Nothing is sent.',
  traffic: { arrivals: 'constant', keys: { kind: 'uniform', count: 10 }, driver: { kind: 'k6', users: 10 } },
  phases: { only: { kind: 'steady', seconds: 1, ratePerSecond: 10 } },
  alerts: 'none',
  drainWithinSeconds: 5,
};
`;

describe('a mistake ends with exit code 3 and one line that helps', () => {
  test.each<[string, 'verify' | 'judge', readonly string[], RegExp]>([
    ['an unknown scenario', 'verify', ['stedy'], /^FL_UNKNOWN_SCENARIO: .*Did you mean steady\?/],
    ['an unknown flag', 'verify', ['--sed', '1'], /^FL_USAGE: .*--seed/],
    ['a folder that cannot be written', 'verify', ['steady', '--report', '/proc/runs'], /^FL_FOLDER_NOT_WRITABLE: .*\/proc\/runs/],
    ['a folder that is no run', 'judge', [tmpdir()], /^FL_RUN_FOLDER: .*it has no run\.json/],
    ['a folder that is not there', 'judge', ['nowhere'], /^FL_RUN_FOLDER: .*it does not exist/],
  ])('%s', async (_title, command, parameters, message) => {
    const { exitCode, stdout, stderr } = await run(command, ...parameters);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
  });

  test('a scenario that k6 is to send, where there is neither k6 nor an engine for a container of it', async () => {
    const scenarios = join(folder, 'by-k6');
    await mkdir(scenarios);
    await writeFile(join(scenarios, 'quiet-k6.ts'), quietByK6);
    const { exitCode, stderr } = await execa(process.execPath, [join(root, 'harness', 'cli', 'verify.ts'), '--scenarios', scenarios], {
      reject: false,
      stdin: 'ignore',
      cwd: folder,
      env: { PATH: '/nowhere', FAULTLINE_K6: '' },
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^FL_DRIVER_FAILED: the k6 program is not here: put it on PATH or name it in FAULTLINE_K6, or start a Docker engine/m,
    );
    expect(await readdir(join(folder, 'runs'))).toEqual([]);
  });

  test('a folder of scenarios in which nothing runs', async () => {
    const scenarios = join(folder, 'none');
    await mkdir(scenarios);
    const empty = await run('verify', '--scenarios', scenarios);
    expect([empty.exitCode, empty.stdout]).toEqual([3, '']);
    expect(empty.stderr).toMatch(
      /^FL_USAGE: there is nothing to run in .*none: it has no file of a scenario; name another with --scenarios/,
    );
    await writeFile(join(scenarios, 'quiet-k6.ts'), quietByK6.replace('title:', "set: 'extra',\n  title:"));
    const extra = await run('verify', '--scenarios', scenarios);
    expect([extra.exitCode, extra.stdout]).toEqual([3, '']);
    expect(extra.stderr).toMatch(/^FL_USAGE: .* run by name or with --all: quiet-k6$/);
  });

  test('a folder for the comparison that cannot be written is told before two minutes of measuring', async () => {
    const { exitCode, stdout, stderr } = await run('compare', '--out', '/proc/compare');
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^FL_FOLDER_NOT_WRITABLE: the folder for the comparison, \/proc\/compare, .* --out/);
  });

  test('a folder of another format version', async () => {
    await writeFile(join(folder, 'run.json'), JSON.stringify({ format: 2 }));
    const { exitCode, stderr } = await run('judge', folder);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^FL_FORMAT_VERSION: .*format version 2.*reads version 1/);
  });
});

test('a reader that goes away ends no command, and is told in no stack trace', async () => {
  const talk = `
    import { setTimeout } from 'node:timers/promises';
    import { runCommand } from ${JSON.stringify(join(root, 'harness', 'cli', 'run-command.ts'))};
    await runCommand(async () => {
      for (let line = 0; line < 5; line += 1) {
        process.stdout.write('a line\\n');
        await setTimeout(100);
      }
      return 2;
    });`;
  const file = join(folder, 'talk.mjs');
  await writeFile(file, talk);
  const { stderr } = await execa('sh', ['-c', `('${process.execPath}' '${file}'; echo "exit $?" >&2) | true`], { stdin: 'ignore' });
  expect(stderr).toBe('exit 2');
});

describe('a run.json that is not one', () => {
  const whole = {
    format: 1,
    id: 'x',
    startedAt: '2026-01-01T00:00:00Z',
    state: 'finished',
    seed: 1,
    scenarios: [],
    runtime: 'embedded',
    versions: {},
    machine: {},
  };
  test.each<[string, string, RegExp]>([
    ['holds nothing', 'null', /^FL_RUN_FOLDER: .*run\.json cannot be read: it holds null, and no object or list/],
    ['is a list', '[]', /^FL_RUN_FOLDER: .*run\.json is damaged: it holds no object/],
    ['lacks parts', JSON.stringify({ ...whole, id: undefined, scenarios: 'steady' }), /^FL_RUN_FOLDER: .*damaged: it lacks id, scenarios$/],
    ['is cut', '{"format": 1', /^FL_RUN_FOLDER: .*run\.json cannot be read/],
  ])('that %s is said to be damaged, to judge and to parity', async (_title, text, message) => {
    await writeFile(join(folder, 'run.json'), text);
    await writeFile(join(folder, 'otlp.ndjson'), '');
    for (const command of ['judge', 'parity'] as const) {
      const { exitCode, stderr } = await run(command, folder);
      expect([command, exitCode, stderr]).toEqual([command, 3, expect.stringMatching(message)]);
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });
});

describe('what runs nothing', () => {
  test('--list names every scenario', async () => {
    const { exitCode, stdout } = await run('verify', '--list');
    expect(exitCode).toBe(0);
    for (const name of ['steady', 'spike', 'poison-messages', 'consumer-crash', 'out-of-order']) expect(stdout).toContain(name);
  });

  test('--plan shows phases, faults, expectations and budgets, the same for the same seed', async () => {
    const [first, second] = await Promise.all([
      run('verify', 'consumer-crash', '--plan', '--seed', '7'),
      run('verify', 'consumer-crash', '--plan', '--seed', '7'),
    ]);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toBe(second.stdout);
    for (const part of [/digest [0-9a-f]{16}/, /kill -9 of worker 1 inside an open transaction/, /takeover-within/, /ingest-p99 at most/])
      expect(first.stdout).toMatch(part);
  });
});
