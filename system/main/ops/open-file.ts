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
      write: (text) =>
        new Promise((resolve, reject) => {
          // A reader that went away (| head) is no failure; a full disk behind > is one.
          process.stdout.write(text, (error) => (error && codeOf(error) !== 'EPIPE' ? reject(error) : resolve()));
        }),
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
    // All of it or an error: one call of the system takes no more than there is room for.
    write: (text) => file.appendFile(text),
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

const codeOf = (error: Error): string | undefined => (error as NodeJS.ErrnoException).code;

/** Renamed to, it would be refused only once all is written. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
