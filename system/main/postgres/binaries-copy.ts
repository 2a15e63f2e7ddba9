// A copy of the binaries in a folder that the server's account can reach: for a checkout that is closed to it, and for
// installs whose library symlinks are missing because install scripts were blocked. Made once, whole or not at all, and reused.
import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { NativePackage } from './native-package.ts';

type Entry = { readonly path: string; readonly size: number };

/** Every regular file with its size: enough to see a copy that is not whole. Symlinks are repaired, not copied, so they don't count. */
const listFiles = async (folder: string): Promise<readonly Entry[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const entries = await Promise.all(files.map(async (path) => ({ path: relative(folder, path), size: (await lstat(path)).size })));
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

const sameFiles = (a: readonly Entry[], b: readonly Entry[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** npm packs no symlinks, so the package lists them and its install script makes them. */
export const repairSymlinks = async (folder: string): Promise<void> => {
  const listed = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(folder, relative('native', target));
    const exists = await lstat(link).catch(() => null);
    if (!exists) await symlink(basename(source), link);
  }
};

const ownedByUs = async (folder: string): Promise<boolean> => {
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) return false;
  // In a folder that everyone may write to, a copy of someone else's is not ours to run.
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
};

const openToOthers = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || basename(dirname(path)) === 'bin';
    if (!entry.isSymbolicLink()) await chmod(path, isProgram ? 0o755 : 0o644);
  }
  await chmod(folder, 0o755);
};

/** Copies beside the place and renames, so a copy that was cut short never has the final name. */
const makeCopy = async (source: string, place: string): Promise<void> => {
  const making = await mkdtemp(`${place}.making-`);
  try {
    await cp(source, making, { recursive: true, verbatimSymlinks: true });
    await repairSymlinks(making);
    await openToOthers(making);
    await rename(making, place);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Something is there: another process was faster, or it is not ours. The caller looks at it.
    if (!(await lstat(place).catch(() => null))) throw error;
  }
};

/** Returns the folder of a whole copy inside `parent`, made now or earlier. Rejects where `parent` can't be written. */
export const ensureBinariesCopy = async (native: NativePackage, parent: string): Promise<string> => {
  const files = await listFiles(native.folder);
  const digest = createHash('sha256').update(JSON.stringify([native.name, process.getuid?.() ?? 0, files]));
  const place = join(parent, `faultline-postgres-${native.version}-${digest.digest('hex').slice(0, 12)}`);
  const isWhole = async () => (await ownedByUs(place)) && sameFiles(await listFiles(place), files);
  if (await isWhole()) return place;
  if (await ownedByUs(place)) await rm(place, { recursive: true, force: true });
  await makeCopy(native.folder, place);
  if (await isWhole()) return place;
  throw new Error(`${place} exists and is not a whole copy of ours; remove it`);
};
