// CPU seconds and memory of a process, or of a tree of them, from /proc.
import { readFile } from 'node:fs/promises';

/** The kernel's USER_HZ: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

type ProcessTimes = { readonly own: number; readonly reaped: number };

/** utime + stime, and those of children that ended and were waited for. Fields 14 to 17; the name before them may hold anything. */
export const parseProcessTimes = (stat: string): ProcessTimes => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3] ?? 0) / ticksPerSecond;
  return { own: field(14) + field(15), reaped: field(16) + field(17) };
};

const readText = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const childrenOf = async (pid: number): Promise<readonly number[]> =>
  ((await readText(`/proc/${pid}/task/${pid}/children`)) ?? '').split(' ').filter(Boolean).map(Number);

/** The process and its descendants, those of its first thread; a process that ends meanwhile is left out. */
export const processTree = async (pid: number): Promise<readonly number[]> => {
  const below = await Promise.all((await childrenOf(pid)).map(processTree));
  return [pid, ...below.flat()];
};

/** CPU seconds since the start, those of the processes alone or with the children that they waited for; null when the first of them is gone. */
export const cpuSecondsOf = async (pids: readonly number[], withReaped: boolean): Promise<number | null> => {
  const stats = await Promise.all(pids.map((pid) => readText(`/proc/${pid}/stat`)));
  if (stats[0] === null) return null;
  const times = stats.flatMap((stat) => (stat === null ? [] : [parseProcessTimes(stat)]));
  return times.reduce((sum, { own, reaped }) => sum + own + (withReaped ? reaped : 0), 0);
};

/** Proportional set size in bytes: shared pages are divided among those who share them. */
export const pssBytesOf = async (pids: readonly number[]): Promise<number | null> => {
  const maps = await Promise.all(pids.map((pid) => readText(`/proc/${pid}/smaps_rollup`)));
  const sizes = maps.flatMap((text) => (text === null ? [] : [parsePss(text)]));
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
};

export const parsePss = (rollup: string): number => Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
