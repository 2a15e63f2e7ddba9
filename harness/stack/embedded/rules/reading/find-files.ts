// Names and patterns -> files. What is there under the name as it was written is meant literally, the folders of a pattern too: a checkout may lie in
// a folder named [work].
import { statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The longest beginning that is a folder, and what is to be looked for in it. */
const splitPattern = (pattern: string): { readonly folder: string; readonly rest: string } => {
  const steps = pattern.split('/');
  for (let length = steps.length - 1; length > 0; length -= 1) {
    const folder = `${steps.slice(0, length).join('/')}/`;
    if (isFolder(folder)) return { folder, rest: steps.slice(length).join('/') };
  }
  return { folder: '', rest: pattern };
};

const match = async (pattern: string): Promise<readonly string[]> => {
  const { folder, rest } = splitPattern(pattern);
  const found = await Array.fromAsync(glob(rest, folder === '' ? {} : { cwd: folder }));
  return found.map((file) => join(folder, file)).toSorted();
};

/** A name without a star is that file, whether it is there or not; files that several patterns name are read once. */
export const findFiles = async (patterns: readonly string[]): Promise<readonly string[]> => {
  const files = new Set<string>();
  for (const pattern of patterns) {
    if (/[*?[\]{}]/.test(pattern) && !isFile(pattern)) for (const file of await match(pattern)) files.add(file);
    else files.add(pattern);
  }
  return [...files];
};
