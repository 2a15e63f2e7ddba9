// From a data folder to a server that answers: account, folder, binaries, cluster, server, in this order, each refusing in its own words.
import type { Settings } from '../../contract/parse-settings.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, superuser } from './cluster.ts';
import { prepareDataFolder } from './data-folder.ts';
import { findNativePackage } from './native-package.ts';
import { openServer } from './open-server.ts';
import { demandNoPostmaster } from './postmaster-file.ts';
import { chooseServerAccount } from './server-account.ts';
import type { ServerRecord } from './server-log.ts';
import type { Server } from './server.ts';
import { defaultServerSettings, parseServerSettings } from './server-settings.ts';

export type StartedPostgres = {
  readonly server: Server;
  /** With the password: for processes, not for people. */
  readonly url: string;
  readonly dataFolder: string;
  /** Such as 18.4. */
  readonly version: string;
  readonly isNew: boolean;
};

export type StartPostgresOptions = {
  readonly settings: Pick<Settings, 'postgresData' | 'postgresPort' | 'postgresSettings'>;
  readonly log: (record: ServerRecord) => void;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

const startTimeoutMs = 60_000;
const tellEveryMs = 10_000;

export const startPostgres = async ({ settings, log, now, signal }: StartPostgresOptions): Promise<StartedPostgres> => {
  const serverSettings = { ...defaultServerSettings, ...parseServerSettings(settings.postgresSettings) };
  const warn = (body: string): void => log({ severity: 'WARN', body });
  const [account, native] = await Promise.all([chooseServerAccount(), findNativePackage()]);
  const dataFolder = await prepareDataFolder(settings.postgresData ?? '', account);
  const binaries = await findBinaries(native, account);
  const cluster = await ensureCluster({ dataFolder, binaries, account, warn, now, signal });
  await demandNoPostmaster(cluster.folder, warn);
  signal.throwIfAborted();
  const port = settings.postgresPort;
  const server = await openServer(
    { binaries, account, cluster: cluster.folder, port, settings: serverSettings, log, startTimeoutMs, tellEveryMs },
    signal,
  );
  const url = `postgresql://${superuser}:${cluster.password}@127.0.0.1:${server.port}/postgres`;
  return { server, url, dataFolder, version: binaries.version, isNew: cluster.isNew };
};
