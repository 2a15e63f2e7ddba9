// One `up` at a time on a folder, from its first step on: a second one would clear away the logs and the registry of the first, which is not yet in stack.json.
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../engine/errors.ts';
import { isAlive, type ProcessIdentity } from '../stack/process-identity.ts';

/** Rejects with a HarnessError while another living process has it. What a killed one left is taken over. */
export const claimFolder = async (folder: string, self: ProcessIdentity): Promise<AsyncDisposable> => {
  const file = join(folder, 'keeper.json');
  const draft = `${file}.${self.pid}`;
  await writeFile(draft, JSON.stringify(self));
  try {
    while (!(await linked(draft, file))) {
      const other = await readIdentity(file);
      if (other !== null && isAlive(other))
        throw new HarnessError(
          'FL_STACK_FAILED',
          `another stack is starting in ${folder} (pid ${other.pid}); wait until it is up, or choose another --folder`,
        );
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
};

/** A link appears with its content, or not at all. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const readIdentity = async (file: string): Promise<ProcessIdentity | null> => {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ProcessIdentity);
};
