// postmaster.pid: who runs on a cluster, and when it is ready. A file of a dead server is no obstacle; a live one is named.
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '../../contract/system-error.ts';
import { processStart } from '../start/process-start.ts';

export type PostmasterFile = { readonly pid: number; readonly port: number; readonly status: string };

/** Lines: pid, folder, start time, port, socket folder, address, shared memory key, status. */
export const parsePostmasterFile = (text: string): PostmasterFile | null => {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' } : null;
};

export const readPostmasterFile = async (cluster: string): Promise<PostmasterFile | null> =>
  parsePostmasterFile(await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => ''));

/** 'unknown' where /proc can't tell: then PostgreSQL's own check decides. */
const stateOf = async (pid: number, cluster: string): Promise<'runs' | 'gone' | 'unknown'> => {
  if ((await processStart(pid)) === null) return 'gone';
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (folder === null) return 'unknown';
  // A postmaster's working folder is its cluster; anything else got the number after the server had died.
  return folder === cluster ? 'runs' : 'gone';
};

export const demandNoPostmaster = async (cluster: string, warn: (message: string) => void): Promise<void> => {
  const found = await readPostmasterFile(cluster);
  if (!found) return;
  const state = await stateOf(found.pid, cluster);
  if (state === 'runs') {
    throw new SystemError(
      'FL_DATA_IN_USE',
      `A PostgreSQL server (pid ${found.pid}, port ${found.port}) is running on ${cluster}. Stop it first (kill -INT ${found.pid}), or choose another data folder.`,
    );
  }
  if (state === 'unknown') return;
  warn(`the last server on ${cluster} (pid ${found.pid}) ended without stopping; it recovers now`);
  // PostgreSQL refuses when the number lives on in another process of its account, so the file goes.
  await rm(join(cluster, 'postmaster.pid'), { force: true });
};
