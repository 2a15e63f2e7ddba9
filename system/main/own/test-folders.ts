// The folders of a PostgreSQL for tests, among the temporary files: `<prefix><pid of its process>-…`.
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const testFolderPrefix = 'faultline-processor-test-';

/** Of processes that were killed, and could not do so themselves. */
export const removeLeftovers = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(testFolderPrefix) ? Number.parseInt(name.slice(testFolderPrefix.length), 10) : 0;
    if (pid > 0 && !isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(unlessAnothers);
  }
};

/** The folder of temporary files is everybody's: what another user left there is theirs to remove. */
const unlessAnothers = (error: unknown): void => {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM') throw error;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
