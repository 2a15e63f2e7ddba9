// Says before anything starts what would make the run fail: no write permission, too little disk; and names, without touching them, what an
// earlier run that was killed has left behind.
import { access, constants, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, HarnessError } from './errors.ts';
import { makeFolder } from './make-folder.ts';
import { manifestFile } from './manifest.ts';
import type { RunManifest } from './run-data.ts';

export const neededBytes = 1024 ** 3;

/** Rejects with FL_FOLDER_NOT_WRITABLE or FL_DISK_FULL; makes the runs folder when it is not there. */
export const checkFolders = async (runsFolder: string, temporaryFolder: string, freeBytesOf = freeBytes): Promise<void> => {
  await checkWritable(runsFolder, 'the folder for runs', 'choose another with --report DIR');
  await checkWritable(temporaryFolder, 'the folder for temporary files', 'set TMPDIR to another');
  for (const folder of [runsFolder, temporaryFolder]) await checkSpace(folder, freeBytesOf);
};

/** Makes the folder where it is not there. Rejects with FL_FOLDER_NOT_WRITABLE, which says `what` it is and what to do. */
export const checkWritable = async (folder: string, what: string, advice: string): Promise<void> => {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    await writeFile(probe, 'x');
    await rm(probe, { force: true });
  } catch (error) {
    throw new HarnessError('FL_FOLDER_NOT_WRITABLE', `${what}, ${folder}, cannot be written: ${explain(error)}; ${advice}`, {
      cause: error,
    });
  }
};

const checkSpace = async (folder: string, freeBytesOf: (folder: string) => Promise<number>): Promise<void> => {
  const free = await freeBytesOf(folder);
  if (free >= neededBytes) return;
  const megabytes = Math.round(free / 1024 ** 2);
  throw new HarnessError(
    'FL_DISK_FULL',
    `only ${megabytes} MiB are free in ${folder}, and a run needs 1024 MiB; make room or write elsewhere`,
  );
};

const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Folders of runs whose run.json still says `running`, or that have none: half-finished, or of a run that is going on right now. */
export const unfinishedRuns = async (
  runsFolder: string,
): Promise<readonly { readonly path: string; readonly manifest: RunManifest | null }[]> => {
  const names = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  const folders = names.filter((entry) => entry.isDirectory()).map((entry) => join(runsFolder, entry.name));
  const read = await Promise.all(folders.map(async (path) => ({ path, manifest: await readManifest(path) })));
  return read.filter(({ manifest }) => manifest === null || manifest.state === 'running');
};

const readManifest = async (folder: string): Promise<RunManifest | null> => {
  try {
    return JSON.parse(await readFile(join(folder, manifestFile), 'utf8')) as RunManifest;
  } catch {
    return null;
  }
};
