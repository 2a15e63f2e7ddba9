import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, processState, signalProcess } from './process-identity.ts';
import { createRegistry, readRegistry } from './process-registry.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { spawnProcess } from './processes.ts';

const fixture = join(import.meta.dirname, 'fixtures/polite.ts');
let folder: string;
let registry: ProcessRegistry;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'run-1', () => 1_000);
});

afterEach(() => {
  registry[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const spawnFixture = async (mode: string, more: object = {}) =>
  spawnProcess({
    command: process.execPath,
    args: [fixture, mode],
    role: 'worker',
    logFile: join(folder, 'worker.log'),
    registry,
    ...more,
  });

test('a process is on record before it is ready, has its output in its file and ends politely', async () => {
  process.env['OTEL_SERVICE_NAME'] = 'must-not-leak';
  await using child = await spawnFixture('polite');
  delete process.env['OTEL_SERVICE_NAME'];
  expect(readRegistry(registry.file)).toContainEqual({ kind: 'process', role: 'worker', at: 1_000, ...child.identity });

  const line = await child.ready(10_000);
  expect(line.attributes).toEqual({ pid: child.pid, run: 'run-1', leaked: null });
  expect(readFileSync(child.logFile, 'utf8')).toContain('not json');
  expect(isAlive(child.identity)).toBe(true);

  expect(await child.stop()).toEqual({ code: 0, signal: null });
  expect(isAlive(child.identity)).toBe(false);
  expect(child.kill('SIGTERM')).toBe(false);
});

test('a process that refuses to start is told of with its own words', async () => {
  await using child = await spawnFixture('refusing');
  await expect(child.ready(10_000)).rejects.toMatchObject({
    code: 'FL_TARGET_FAILED',
    message: expect.stringContaining('port 1 is taken by x (FL_PORT_TAKEN)'),
  });
  expect(await child.exited).toEqual({ code: 3, signal: null });
});

test('a process that ends before it is ready is told of with the end of its output', async () => {
  await using child = await spawnFixture('failing', { failure: 'FL_STACK_FAILED' });
  await expect(child.ready(10_000)).rejects.toMatchObject({ code: 'FL_STACK_FAILED', message: expect.stringContaining('something broke') });
});

/** Puts each process on record only once it has ended: on a busy machine a short one is gone before the harness has its turn again. */
const lateRegistry = (): ProcessRegistry => ({
  ...registry,
  addProcess: (role, pid) => {
    while (processState(pid) !== null) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return registry.addProcess(role, pid);
  },
});

test('a process that has ended before it is on record is on record all the same, and is told of with its end and its own words', async () => {
  await using child = await spawnFixture('refusing', { registry: lateRegistry() });
  expect(readRegistry(registry.file)).toContainEqual({ kind: 'process', role: 'worker', at: 1_000, ...child.identity });
  await expect(child.ready(10_000)).rejects.toThrow('port 1 is taken by x (FL_PORT_TAKEN)');
  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect([isAlive(child.identity), child.kill('SIGTERM')]).toEqual([false, false]);
});

test('a process that says nothing is given up after the bound', async () => {
  await using child = await spawnFixture('silent');
  await expect(child.ready(300)).rejects.toThrow('said nothing of being ready within 300 ms');
});

test('an interruption of the wait is told as one, and not as a process that is slow', async () => {
  await using child = await spawnFixture('silent');
  await expect(child.ready(10_000, AbortSignal.timeout(50))).rejects.toMatchObject({
    code: 'FL_INTERRUPTED',
    message: 'interrupted while worker was starting',
  });
});

test('a command that does not exist is an error of its own', async () => {
  await expect(spawnFixture('polite', { command: join(folder, 'nothing-here') })).rejects.toThrow('could not be started');
});

test('a stopped process that ignores SIGTERM is ended all the same', async () => {
  const child = await spawnFixture('stubborn', { stopWithinMs: 300 });
  await child.ready(10_000);
  child.kill('SIGSTOP');
  expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
});

test('lines come to the harness when it asks for them', async () => {
  const lines: string[] = [];
  await using child = await spawnFixture('polite', { onLine: (line: string) => lines.push(line) });
  await child.ready(10_000);
  expect(lines).toContain('not json');
});

test('a pid whose start time is another is never signalled', async () => {
  await using child = await spawnFixture('polite');
  await child.ready(10_000);
  const stranger = { pid: child.pid, startTime: '1@another' };
  expect(isAlive(stranger)).toBe(false);
  expect(signalProcess(stranger, 'SIGKILL')).toBe(false);
  expect(processState(child.pid)?.startTime).toBe(child.identity.startTime);
});
