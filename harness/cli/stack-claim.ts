// One `up` at a time on a folder, from its first step on: a second one would clear away the logs and the registry of the first, which is not yet in stack.json.
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, HarnessError } from '../engine/errors.ts';
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

/** null: it is gone by now, or says nothing that could be a living process's. */
const readIdentity = async (file: string): Promise<ProcessIdentity | null> => {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<ProcessIdentity> | null;
    return typeof found?.pid === 'number' && typeof found.startTime === 'string' ? (found as ProcessIdentity) : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw new HarnessError('FL_FOLDER_NOT_WRITABLE', `${file} cannot be read: ${explain(error)}`, { cause: error });
  }
};
