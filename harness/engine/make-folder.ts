// Makes a folder and those above it, one by one. Node's own recursive mkdir never returns for a folder in /proc, where mkdir answers ENOENT though
// the parent is there.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Rejects with the file system's error. A folder that is there already is left as it is. */
export const makeFolder = async (folder: string): Promise<void> => {
  const found = await stat(folder).catch(ignoreMissing);
  if (found?.isDirectory() === true) return;
  const above = dirname(folder);
  if (above !== folder) await makeFolder(above);
  await mkdir(folder).catch(ignoreThere);
};

const ignoreMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** Two runs at once may make the same folder; a file of that name is found out by the first write into it. */
const ignoreThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};
