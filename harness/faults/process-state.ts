// The state of a process as the kernel tells it in /proc/<pid>/stat: R, S, D, T (stopped), Z; null where there is no such process.
import { readFile } from 'node:fs/promises';

export const processState = async (pid: number): Promise<string | null> => {
  try {
    return stateIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
};

/** The command's name may hold spaces and parentheses: the state follows the last closing one. */
export const stateIn = (stat: string): string | null => stat.slice(stat.lastIndexOf(')') + 2).charAt(0) || null;
