// A small disk of the database's own, so that it can be filled: a tmpfs of fixed size with a tablespace on it. The log of transactions stays on the
// server's usual disk, as it does where tables have a volume of their own. Takes Linux and root; the reaper knows the mount.
import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import type { SmallDisk } from '../target.ts';
import { onServer } from '../database.ts';
import type { PostgresServer } from './postgres-server.ts';

export type OpenSmallDisk = SmallDisk & AsyncDisposable & { readonly tablespace: string };

export type SmallDiskOptions = {
  readonly server: Pick<PostgresServer, 'url' | 'serverPid'>;
  readonly registry: ProcessRegistry;
};

const run = promisify(execFile);
const megabytes = 128;

/** Rejects with FL_TARGET_FAILED where no disk can be mounted. Disposing takes the tablespace and the disk away; its database must be gone by then. */
export const openSmallDisk = async ({ server, registry }: SmallDiskOptions): Promise<OpenSmallDisk> => {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'faultline-disk-'));
  registry.addFolder(folder);
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  registry.addMount(folder);
  await mount(folder);
  undo.defer(() => run('umount', ['--lazy', folder]).then(() => undefined));
  const [location, tablespace] = [join(folder, 'tables'), basename(folder).replaceAll(/\W/g, '_').toLowerCase()];
  const { uid, gid } = await stat(`/proc/${server.serverPid()}`);
  await mkdir(location, { mode: 0o700 });
  await chown(location, uid, gid);
  await onServer(server.url, `create tablespace ${tablespace} location '${location}'`, `the tablespace on ${location} could not be made`);
  undo.defer(() => onServer(server.url, `drop tablespace ${tablespace}`, `the tablespace ${tablespace} could not be dropped`));
  const whole = undo.move();
  return { folder, megabytes, tablespace, [Symbol.asyncDispose]: () => whole.disposeAsync() };
};

const mount = async (folder: string): Promise<void> => {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder]);
  } catch (error) {
    throw new HarnessError(
      'FL_TARGET_FAILED',
      `the small disk that a fault is to fill could not be mounted on ${folder}, which takes Linux and root: ${explain(error)}`,
      { cause: error },
    );
  }
};
