// The group of a shell, with real processes: all of it, and nobody else.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../engine/clock.ts';
import { createProcessGroup } from './process-group.ts';
import { identityOf, processState } from './process-identity.ts';
import { createRegistry } from './process-registry.ts';
import type { ProcessRegistry } from './process-registry.ts';
import { allProcesses, processesOfGroup } from './process-table.ts';
import { spawnProcess } from './processes.ts';

let folder: string;
let registry: ProcessRegistry;
const strangers: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'run-of-groups', () => 0);
});
afterEach(() => {
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  registry[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** A shell that waits for what it started. */
const spawnShell = async (script: string, wholeGroup = true) =>
  spawnProcess({
    command: 'sh',
    args: ['-c', `${script}; exit $?`],
    role: 'shell',
    logFile: join(folder, 'shell.log'),
    registry,
    wholeGroup,
    stopWithinMs: 300,
  });
const childOf = async (parent: number): Promise<number> => {
  const find = () => allProcesses().find(({ parentPid }) => parentPid === parent)?.pid;
  await expect.poll(find).toBeDefined();
  return find() ?? 0;
};
const isGone = (pid: number): boolean => processState(pid) === null;

test('who ignores SIGTERM after its shell has ended is killed', async () => {
  const shell = await spawnShell(`trap '' TERM; sleep 60 & trap - TERM; echo ends on TERM again; wait`);
  const sleeper = await childOf(shell.pid);
  await expect.poll(() => readFileSync(shell.logFile, 'utf8')).toContain('ends on TERM again');
  expect(await shell.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(isGone(sleeper)).toBe(true);
});

test('the end of the shell is not the end of its group, which can still be signalled', async () => {
  await using shell = await spawnShell('sleep 60');
  const sleeper = await childOf(shell.pid);
  process.kill(shell.pid, 'SIGKILL');
  expect(await shell.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const settled = Promise.race([shell.ended.then(() => 'ended'), systemClock.sleep(200).then(() => 'goes on')]);
  expect(await settled).toBe('goes on');
  expect(shell.kill('SIGKILL')).toBe(true);
  expect(await shell.ended).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isGone(sleeper)).toBe(true);
  expect(shell.kill('SIGKILL')).toBe(false);
});

test('without the whole group only the process itself is signalled', async () => {
  await using shell = await spawnShell('sleep 60', false);
  const sleeper = await childOf(shell.pid);
  expect(shell.kill('SIGKILL')).toBe(true);
  expect(await shell.ended).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isGone(sleeper)).toBe(false);
  process.kill(sleeper, 'SIGKILL');
});

test('a group of strangers that has the number by now is not signalled, and nobody waits for it', async () => {
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  strangers.push(stranger);
  const pid = stranger.pid ?? 0;
  expect(processesOfGroup(pid)).toMatchObject([{ pid, groupId: pid }]);
  const group = createProcessGroup({ pid, startTime: 'of one that is gone' }, registry.run);
  expect(group.signal('SIGKILL')).toBe(false);
  await group.gone(systemClock, new AbortController().signal);
  expect(identityOf(pid)).not.toBeNull();
  expect(isGone(pid)).toBe(false);
});
