// The disk of the tables is full: it is a small one of its own, and a file takes all that is left of it. Evidence is what the server says to a session
// that writes (53100). Never the disk of the machine: without a small one there is no such fault.
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import { tryFresh } from './session.ts';
import type { DatabaseSteps } from './steps.ts';

const diskFullCode = '53100';
/** About 4 MB: more than the pages that are free in no table. */
const write = `create temporary table harness_probe as select repeat('x', 1000) as x from generate_series(1, 4000)`;

export const diskFull: DatabaseSteps<'disk-full'> = async (_effect, { target }) => {
  const disk = target.smallDisk;
  if (disk === undefined)
    throw new HarnessError(
      'FL_SCENARIO_INVALID',
      'the database has no small disk of its own, which takes Linux and root: nothing is filled',
    );
  const filler = join(disk.folder, 'filler');
  const look = async (event: string, is: (code: string | null) => boolean) => {
    const code = await tryFresh(target.databaseUrl, write);
    const freeBytes = await freeBytesOf(disk.folder);
    const observed = `a new session that writes ${code === null ? 'is let' : `is refused (${code})`}; ${freeBytes} of ${disk.megabytes} MiB are free, in bytes`;
    return { is: is(code), source: 'postgresql', observed, data: { event, code, freeBytes } };
  };
  return {
    inject: async () => {
      const heal = { [Symbol.asyncDispose]: () => rm(filler, { force: true }) };
      try {
        await fill(filler, disk.megabytes);
      } catch (error) {
        await heal[Symbol.asyncDispose]();
        throw error;
      }
      return heal;
    },
    look: () => look('full', (code) => code === diskFullCode),
    lookAfter: () => look('healed', (code) => code === null),
  };
};

const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Takes what is free, to the last page; bounded by the size of the disk, whatever it says of itself. */
const fill = async (path: string, megabytes: number): Promise<void> => {
  await using file = await open(path, 'w');
  const [large, small] = [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)];
  for (const piece of [large, small]) {
    for (let written = 0; written <= megabytes * 1024 * 1024; written += piece.length) {
      if (!(await append(file, piece))) break;
    }
  }
};

const append = async (file: Awaited<ReturnType<typeof open>>, piece: Buffer): Promise<boolean> => {
  try {
    return (await file.write(piece)).bytesWritten === piece.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
};
