// Which process a pid stands for: a pid alone is used again by the kernel, a pid with its start time is not. Nothing is signalled without both.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** `startTime` is compared for equality only. Linux: clock ticks since boot and the boot's id; darwin: `ps -o lstart`. */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string };

export type ProcessState = ProcessIdentity & { readonly parentPid: number; readonly groupId: number; readonly state: string };

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Gone, or not ours to read: either way nothing that we may act on.
    return null;
  }
};

let bootId: string | undefined;
const currentBoot = (): string => (bootId ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown');

/** The name in parentheses may hold blanks and parentheses, so fields are counted from the last one: state is field 3, ppid 4, pgrp 5, starttime 22. */
const parseStat = (pid: number, stat: string): ProcessState | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, groupId] = fields;
  const ticks = fields[19];
  if (state === undefined || ticks === undefined) return null;
  return { pid, parentPid: Number(parentPid), groupId: Number(groupId), state, startTime: `${ticks}@${currentBoot()}` };
};

const askPs = (pid: number): ProcessState | null => {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,pgid=,state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [, parentPid, groupId, state, startTime] = /^(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
    if (state === undefined || startTime === undefined) return null;
    return { pid, parentPid: Number(parentPid), groupId: Number(groupId), state, startTime };
  } catch {
    // ps answers 1 for a pid that is gone.
    return null;
  }
};

const lookUp = (pid: number): ProcessState | null => {
  if (process.platform !== 'linux') return askPs(pid);
  const stat = readText(`/proc/${pid}/stat`);
  return stat === null ? null : parseStat(pid, stat);
};

/**
 * null: no such process. One that has ended keeps its number and its start time until its parent looks after it, which ours does between two turns
 * of the event loop: a child that was started in this turn always has an identity.
 */
export const identityOf = (pid: number): ProcessIdentity | null => {
  const found = lookUp(pid);
  return found === null ? null : { pid, startTime: found.startTime };
};

/** null: no such process, or one that has ended and only waits for its parent to look (a zombie). */
export const processState = (pid: number): ProcessState | null => {
  const found = lookUp(pid);
  return found === null || /^[ZX]/.test(found.state) ? null : found;
};

export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => processState(pid)?.startTime === startTime;

/** Signals this process and no other. False: it is gone, or its pid is another's by now. */
export const signalProcess = (identity: ProcessIdentity, signal: NodeJS.Signals): boolean => {
  if (identity.pid <= 1 || identity.pid === process.pid || !isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};
