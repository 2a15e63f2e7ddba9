// A file that has its name only once it is whole: written beside it, and renamed.
import { open, rename, rm, stat } from 'node:fs/promises';
import { OpsError } from './ops-error.ts';

export type WholeFile = AsyncDisposable & {
  readonly write: (text: string) => Promise<void>;
  /** Without it, what was written goes away with the file. */
  readonly keep: () => Promise<void>;
};

/** `-` is standard output, which takes back nothing. */
export const openFile = async (path: string): Promise<WholeFile> => {
  if (path === '-') {
    return {
      write: (text) => new Promise((resolve) => void process.stdout.write(text, () => resolve())),
      keep: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  }
  if (await isFolder(path)) throw new OpsError(`${path} is a folder: name a file in it.`);
  const beside = `${path}.part`;
  const file = await open(beside, 'w').catch((cause: unknown) => {
    throw new OpsError(`${path} can't be written: ${(cause as Error).message}. Name a file in a folder that is there and yours.`, {
      cause,
    });
  });
  let isKept = false;
  return {
    write: async (text) => {
      await file.write(text);
    },
    keep: async () => {
      await file.sync();
      await rename(beside, path);
      isKept = true;
    },
    [Symbol.asyncDispose]: async () => {
      await file.close();
      if (!isKept) await rm(beside, { force: true });
    },
  };
};

/** Renamed to, it would be refused only once all is written. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
