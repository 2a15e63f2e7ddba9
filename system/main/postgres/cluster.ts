// The cluster inside a data folder: made once, whole or not at all, and checked each time.
import { randomBytes } from 'node:crypto';
import { chown, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { dataFormat, readMarker, writeMarker, type Marker } from './marker.ts';
import { SystemError } from '../../contract/system-error.ts';
import { processStart } from '../start/process-start.ts';
import { binaryPath, runBinary } from './run-binary.ts';
import type { ServerAccount } from './server-account.ts';

export const superuser = 'faultline';

export type Cluster = { readonly folder: string; readonly password: string; readonly isNew: boolean };

export type ClusterOptions = {
  readonly dataFolder: string;
  readonly binaries: Binaries;
  readonly account: ServerAccount | null;
  /** Told what was found and done about it. */
  readonly warn: (message: string) => void;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
};

/** Folders that a killed initdb left half-made; the number in the name is the process that was making it. */
const clearHalfMade = async ({ dataFolder, warn }: ClusterOptions): Promise<void> => {
  for (const name of await readdir(dataFolder)) {
    if (!name.startsWith('cluster.making-')) continue;
    const maker = Number.parseInt(name.slice('cluster.making-'.length), 10);
    const place = join(dataFolder, name);
    if (maker > 0 && maker !== process.pid && (await processStart(maker)) !== null) {
      throw new SystemError(
        'FL_DATA_IN_USE',
        `Process ${maker} is making ${place}. Wait for it; if that process is something else, remove ${place}.`,
      );
    }
    warn(`${place} is a half-made cluster of a killed process (${maker}); removed`);
    await rm(place, { recursive: true, force: true });
  }
};

const initdbParameters = (making: string, passwordFile: string): string[] => [
  `--pgdata=${making}`,
  `--username=${superuser}`,
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  // The password is 192 random bits: stretching it would only cost each connection time.
  '--set=scram_iterations=1',
];

const runInitdb = async (making: string, password: string, options: ClusterOptions): Promise<void> => {
  const passwordFile = `${making}.password`;
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (options.account) await chown(passwordFile, options.account.uid, options.account.gid);
    const parameters = initdbParameters(making, passwordFile);
    const result = await runBinary(binaryPath(options.binaries.folder, 'initdb'), parameters, options.account, options.signal);
    if (!result.ok) throw new SystemError('FL_POSTGRES_INITDB', `initdb could not make ${making}: ${result.output}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const makeCluster = async (folder: string, options: ClusterOptions): Promise<Marker> => {
  const making = join(options.dataFolder, `cluster.making-${process.pid}`);
  const password = randomBytes(24).toString('hex');
  const { version, major } = options.binaries;
  const marker: Marker = { format: dataFormat, postgres: version, major, createdAt: options.now().toISOString(), password };
  try {
    await runInitdb(making, password, options);
    await writeMarker(making, marker);
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
  return marker;
};

export const ensureCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const folder = join(options.dataFolder, 'cluster');
  await clearHalfMade(options);
  const exists = (await stat(folder).catch(() => null)) !== null;
  const marker = exists ? await readMarker(folder, options.binaries.major) : await makeCluster(folder, options);
  return { folder, password: marker.password, isNew: !exists };
};
