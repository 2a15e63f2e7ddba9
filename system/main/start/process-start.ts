// When a process started: its number alone is given out again.
import { readFile } from 'node:fs/promises';

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot; null where the process is gone; '' where /proc can't tell. */
export const processStart = async (pid: number): Promise<string | null> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command, in parentheses, may hold anything; the fields after it are plain.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A process that ended and was not yet waited for holds nothing any more.
  return fields[0] === 'Z' ? null : (fields[19] ?? '');
};
