// Makes runs/<id>/ and points runs/latest at it. Ids sort by time and never collide, also with two runs in one second.
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from './errors.ts';
import { makeFolder } from './make-folder.ts';

export type RunFolder = { readonly id: string; readonly path: string };

/** 20261121-070102-4f3a: UTC, then four hex digits of the given randomness. */
export const runId = (now: number, random: () => number): string => {
  const stamp = new Date(now).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
  const suffix = Math.floor(random() * 65536)
    .toString(16)
    .padStart(4, '0');
  return `${stamp}-${suffix}`;
};

const attempts = 20;

export const createRunFolder = async (runsFolder: string, now: number, random: () => number): Promise<RunFolder> => {
  await makeFolder(runsFolder);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const id = runId(now, random);
    const path = join(runsFolder, id);
    if (await makeNew(path)) return { id, path };
  }
  throw new HarnessError('FL_FOLDER_NOT_WRITABLE', `no free name for a run was found in ${runsFolder} after ${attempts} attempts`);
};

const makeNew = (path: string): Promise<boolean> =>
  mkdir(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** Moves runs/latest in one step, so that two at once leave it whole: it points to what was handed over last, by `verify` at the start of a run, by `load` at its end. */
export const pointLatest = async (runsFolder: string, id: string): Promise<void> => {
  const draft = join(runsFolder, `.latest-${id}`);
  await rm(draft, { force: true });
  await symlink(id, draft, 'dir');
  await rename(draft, join(runsFolder, 'latest')).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
};
