// All processes of the machine that can be looked at: to find the descendants of ours, and those that carry a run's mark in their environment.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { processState } from './process-identity.ts';
import type { ProcessIdentity, ProcessState } from './process-identity.ts';

/** Every child that the harness spawns inherits this variable, set to the run's id. */
export const runMark = 'HARNESS_RUN_MARK';

const pids = (): readonly number[] => {
  const names =
    process.platform === 'linux' ? readdirSync('/proc') : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).split('\n');
  return names.map((name) => Number(name.trim())).filter((pid) => Number.isInteger(pid) && pid > 1);
};

/** Those of a process group that live. */
export const processesOfGroup = (groupId: number): readonly ProcessState[] => {
  if (process.platform === 'linux') return allProcesses().filter((state) => state.groupId === groupId);
  const lines = execFileSync('ps', ['-axo', 'pgid=,pid='], { encoding: 'utf8' }).split('\n');
  const members = lines.map((line) => line.trim().split(/\s+/).map(Number)).filter(([group]) => group === groupId);
  return members.flatMap(([, pid]) => (pid === undefined ? [] : (processState(pid) ?? [])));
};

export const allProcesses = (): readonly ProcessState[] => pids().flatMap((pid) => processState(pid) ?? []);

/** The given ones that live, with their children, grandchildren and so on. */
export const withDescendants = (roots: readonly ProcessIdentity[], table: readonly ProcessState[]): readonly ProcessIdentity[] => {
  const found = new Map<number, ProcessState>();
  const add = (state: ProcessState): void => {
    if (found.has(state.pid)) return;
    found.set(state.pid, state);
    for (const child of table) if (child.parentPid === state.pid) add(child);
  };
  for (const root of roots) {
    const state = table.find(({ pid, startTime }) => pid === root.pid && startTime === root.startTime);
    if (state !== undefined) add(state);
  }
  return [...found.values()];
};

const carriesMark = (pid: number, runId: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${runMark}=${runId}`);
  } catch {
    // Another user's process, or gone: not one of ours to end.
    return false;
  }
};

/** Linux only (elsewhere: none): closes the moment between the start of a child and its record. */
export const markedProcesses = (runId: string, table: readonly ProcessState[]): readonly ProcessIdentity[] =>
  process.platform === 'linux' ? table.filter(({ pid }) => carriesMark(pid, runId)) : [];
