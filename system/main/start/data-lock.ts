// One `npm start` a data folder: a lock file with who holds it. What a killed one left behind is no obstacle.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '../../contract/system-error.ts';
import { processStart } from './process-start.ts';

type Holder = { readonly pid: number; readonly start: string; readonly startedAt: string };

const parseHolder = (text: string): Holder | null => {
  try {
    const holder = JSON.parse(text) as Partial<Holder>;
    return typeof holder.pid === 'number' && typeof holder.start === 'string' ? (holder as Holder) : null;
  } catch {
    // Cut short by a full disk or a kill: nobody that could be asked.
    return null;
  }
};

const readHolder = async (file: string): Promise<Holder | null> => parseHolder(await readFile(file, 'utf8').catch(() => ''));

const isHeld = async (holder: Holder): Promise<boolean> => {
  const start = await processStart(holder.pid);
  return start !== null && (start === '' || holder.start === '' || start === holder.start);
};

const create = async (file: string, holder: Holder): Promise<boolean> => {
  try {
    await writeFile(file, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Rejects with FL_DATA_IN_USE where another one runs on the folder. Disposing gives the lock back. */
export const lockDataFolder = async (folder: string, now: Date): Promise<AsyncDisposable> => {
  const file = join(folder, 'faultline.lock');
  const holder: Holder = { pid: process.pid, start: (await processStart(process.pid)) ?? '', startedAt: now.toISOString() };
  while (!(await create(file, holder))) {
    const other = await readHolder(file);
    if (other && (await isHeld(other))) {
      throw new SystemError(
        'FL_DATA_IN_USE',
        `The data folder ${folder} is in use by another \`npm start\` (pid ${other.pid}, since ${other.startedAt}). Stop it first, or choose another folder with --data.`,
      );
    }
    await rm(file, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
};
