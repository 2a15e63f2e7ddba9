// Makes the data folder fit for the server before anything starts: it is there, it is ours, the server's account can reach and
// write it, there is room, and nothing else is in it.
import { access, chmod, chown, lstat, mkdir, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SystemError } from '../../contract/system-error.ts';
import type { ServerAccount } from './server-account.ts';

/** A cluster takes 40 MB, its log of changes up to a gigabyte under load; below this it would stop soon after the start. */
export const leastFreeBytes = 256 * 1024 * 1024;

const permission = (folder: string, error: unknown, what: string): SystemError =>
  new SystemError(
    'FL_DATA_FORBIDDEN',
    `The data folder ${folder} can't be ${what}: ${(error as Error).message}. Choose one that you may write to.`,
    {
      cause: error,
    },
  );

const makeParents = async (folder: string): Promise<void> => {
  const first = await mkdir(dirname(folder), { recursive: true });
  if (first === undefined) return;
  // The server's account must pass through what we made, whatever our umask is.
  for (let made = dirname(folder); made.startsWith(first); made = dirname(made)) await chmod(made, 0o755);
};

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await makeParents(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull(folder, 0);
    throw permission(folder, error, 'made or written');
  }
};

const diskFull = (folder: string, freeBytes: number): SystemError => {
  const free = Math.floor(freeBytes / 1048576);
  return new SystemError(
    'FL_DISK_FULL',
    `The disk of ${folder} has ${free} MB free; at least ${leastFreeBytes / 1048576} MB are needed. Free some, or choose another data folder.`,
  );
};

const demandSpace = async (folder: string, leastBytes: number): Promise<void> => {
  const disk = await statfs(folder);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < leastBytes) throw diskFull(folder, freeBytes);
};

const mayEnter = async (folder: string, account: ServerAccount): Promise<boolean> => {
  const { uid, gid, mode } = await stat(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
};

/** The topmost folder above `folder` that the account can't enter, or null. */
export const closedAncestor = async (folder: string, account: ServerAccount): Promise<string | null> => {
  const above: string[] = [];
  for (let at = dirname(folder); ; at = dirname(at)) {
    above.unshift(at);
    if (at === dirname(at)) break;
  }
  for (const ancestor of above) {
    const found = await lstat(ancestor).catch(() => null);
    if (found && !(await mayEnter(ancestor, account))) return ancestor;
  }
  return null;
};

const lendTo = async (folder: string, account: ServerAccount): Promise<void> => {
  const closed = await closedAncestor(folder, account);
  if (closed) {
    throw new SystemError(
      'FL_DATA_UNREACHABLE',
      `The data folder ${folder} lies inside ${closed}, which user ${account.name} can't enter, and PostgreSQL does not run as root. ` +
        `Choose a data folder elsewhere (such as /var/lib/faultline), run as an ordinary user, or open the way: chmod o+x ${closed}.`,
    );
  }
  const { uid } = await stat(folder);
  if (uid !== account.uid && uid !== 0) {
    throw new SystemError(
      'FL_DATA_FORBIDDEN',
      `The data folder ${folder} belongs to uid ${uid}; as root the server runs as ${account.name} (uid ${account.uid}). Run it as the folder's owner, or choose another data folder.`,
    );
  }
  await chown(folder, account.uid, account.gid);
};

const expectedEntry = (name: string): boolean => name === 'cluster' || name.startsWith('cluster.making-') || name.startsWith('faultline.');

const demandOurs = async (folder: string): Promise<void> => {
  const names = await readdir(folder);
  if (names.includes('cluster')) return;
  const strange = names.filter((name) => !expectedEntry(name));
  if (strange.length === 0) return;
  throw new SystemError(
    'FL_DATA_FOREIGN',
    `The folder ${folder} is not empty and not a data folder of faultline (it holds ${strange.slice(0, 3).join(', ')}). Choose an empty or new folder.`,
  );
};

const demandOwner = async (cluster: string): Promise<void> => {
  const found = await stat(cluster).catch(() => null);
  const uid = process.getuid?.();
  if (!found || uid === undefined || uid === 0 || found.uid === uid) return;
  throw new SystemError(
    'FL_DATA_FORBIDDEN',
    `The data folder's ${cluster} belongs to uid ${found.uid}, and PostgreSQL runs on its owner's folders alone. Run this as that user (or as root if root made it), or choose another data folder.`,
  );
};

/** Returns the folder's real path. Rejects with a SystemError before anything is changed inside it. */
export const prepareDataFolder = async (path: string, account: ServerAccount | null, leastBytes = leastFreeBytes): Promise<string> => {
  await makeFolder(resolve(path));
  const folder = await realpath(path);
  await demandOurs(folder);
  await demandSpace(folder, leastBytes);
  await demandOwner(join(folder, 'cluster'));
  if (account) await lendTo(folder, account);
  return folder;
};
