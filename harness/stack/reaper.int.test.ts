import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { waitUntil } from '../engine/wait-until.ts';
import { findStale } from './find-stale.ts';
import { processState } from './process-identity.ts';
import { createRegistry } from './process-registry.ts';
import { reap } from './reap.ts';
import { spawnProcess } from './processes.ts';
import { startReaper } from './start-reaper.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
let runs: string;
let folder: string;
let temporary: string;

beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  folder = join(runs, 'r1');
  mkdirSync(folder);
  temporary = mkdtempSync(join(tmpdir(), 'faultline-data-'));
  writeFileSync(join(temporary, 'row'), 'x');
});

afterEach(() => {
  rmSync(runs, { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
});

const startDoomed = async () => {
  const harness = spawn(process.execPath, [join(fixtures, 'doomed-harness.ts'), folder, temporary], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(harness, 'exit').then(([code, signal]) => {
    throw new Error(`the harness ended (${code ?? signal}) before it had started its processes`);
  });
  const [line] = (await Promise.race([once(createInterface({ input: harness.stdout }), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return { harness, pids: JSON.parse(line) as { reaper: number; child: number; grandchild: number } };
};

const alive = (pids: readonly number[]): readonly number[] => pids.filter((pid) => processState(pid) !== null);

const waitForEnd = async (pids: readonly number[]) =>
  waitUntil(
    async () => alive(pids),
    (left) => left.length === 0,
    { clock: systemClock, withinMs: 10_000, everyMs: 50 },
  );

test('when the harness is killed with -9, its stopped child and stopped grandchild end, the folder goes, and the reaper too', async () => {
  const { harness, pids } = await startDoomed();
  expect(alive([pids.child, pids.grandchild, pids.reaper])).toHaveLength(3);
  harness.kill('SIGKILL');
  expect(await waitForEnd([pids.child, pids.grandchild, pids.reaper])).toMatchObject({ done: true, last: [] });
  expect(existsSync(temporary)).toBe(false);
  expect(readFileSync(join(folder, 'reaper.ndjson'), 'utf8')).toContain('"left":[]');
});

test('a run under way is no leftover; with its reaper killed beside it, what it left is named and not touched', async () => {
  const { harness, pids } = await startDoomed();
  expect(await findStale(runs)).toEqual({ stale: [], running: [{ run: 'r1', pid: harness.pid }] });
  process.kill(pids.reaper, 'SIGKILL');
  await waitForEnd([pids.reaper]);
  harness.kill('SIGKILL');
  await waitForEnd([harness.pid ?? 0]);

  const { stale } = await findStale(runs);
  expect(stale).toContainEqual(expect.objectContaining({ kind: 'process', role: 'worker', run: 'r1', pid: pids.child }));
  expect(stale).toContainEqual(expect.objectContaining({ kind: 'folder', path: temporary }));
  expect(alive([pids.child, pids.grandchild])).toHaveLength(2);
  for (const pid of [pids.child, pids.grandchild]) process.kill(pid, 'SIGKILL');
  await waitForEnd([pids.child, pids.grandchild]);
});

test('a harness that releases the reaper keeps what it has started', async () => {
  using registry = createRegistry(join(folder, 'processes.ndjson'), 'run-2', () => 0);
  const reaper = await startReaper(registry);
  const logFile = join(folder, 'worker.log');
  await using child = await spawnProcess({
    command: process.execPath,
    args: [join(fixtures, 'polite.ts')],
    role: 'worker',
    logFile,
    registry,
  });
  await child.ready(10_000);
  await reaper[Symbol.asyncDispose]();
  expect(alive([reaper.pid])).toEqual([]);
  expect(alive([child.pid])).toEqual([child.pid]);
});

test('a folder with another name is never put on the list of what is removed', () => {
  using registry = createRegistry(join(folder, 'processes.ndjson'), 'run-3', () => 0);
  expect(() => registry.addFolder('/home/somebody')).toThrow('must be absolute and be named faultline-');
  expect(() => registry.addFolder('faultline-relative')).toThrow('must be absolute');
});

test('a registry whose last line was cut off is read up to there', async () => {
  writeFileSync(join(folder, 'processes.ndjson'), `${JSON.stringify({ kind: 'folder', path: temporary, at: 1 })}\n{"kind":"pro`);
  expect((await findStale(runs)).stale).toEqual([{ kind: 'folder', run: 'r1', path: temporary, at: 1 }]);
});

test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a small disk that a fault was given is unmounted, and its folder removed',
  async () => {
    const disk = mkdtempSync(join(tmpdir(), 'faultline-disk-'));
    using registry = createRegistry(join(folder, 'processes.ndjson'), 'r1', () => 0);
    registry.addFolder(disk);
    registry.addMount(disk);
    const stale = { run: 'r1', path: disk, at: 0 };
    // As the next run sees it, whose harness is another.
    const seenLater = async () => {
      const later = mkdtempSync(join(tmpdir(), 'faultline-test-'));
      mkdirSync(join(later, 'r1'));
      const entries = readFileSync(registry.file, 'utf8')
        .split('\n')
        .filter((line) => !line.includes('"harness"'));
      writeFileSync(join(later, 'r1', 'processes.ndjson'), entries.join('\n'));
      return (await findStale(later)).stale;
    };
    expect(await seenLater()).toEqual([{ kind: 'folder', ...stale }]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    expect(await seenLater()).toEqual([
      { kind: 'folder', ...stale },
      { kind: 'mount', ...stale },
    ]);
    await reap(registry.file, { politeMs: 0, withinMs: 0 });
    expect(await seenLater()).toEqual([]);
    expect(existsSync(disk)).toBe(false);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(disk);
  },
);
