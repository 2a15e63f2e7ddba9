// One PostgreSQL server for a whole verify run, on a temporary data folder that the reaper knows. Started as any process of the system is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { explain, HarnessError } from '../../engine/errors.ts';
import { isAlive } from '../../stack/process-identity.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { type SpawnedProcess, spawnProcess } from '../../stack/processes.ts';
import type { DatabaseServer, ServerEnd } from '../target.ts';

export type PostgresServer = AsyncDisposable &
  DatabaseServer & {
    readonly url: string;
    /** Of the process that runs the server: the first one. */
    readonly launcherPid: number;
    /** Of the server itself, whose account owns its files. */
    serverPid(): number;
  };

export type PostgresOptions = {
  /** The folder of the system's own code, with main/ in it. */
  readonly systemFolder: string;
  readonly registry: ProcessRegistry;
  readonly logFile: string;
  readonly signal: AbortSignal;
};

const readyWithinMs = 30_000;
/** A server that is stopped in order writes all that it has not yet written to its tables. One that is given no time for it is killed, and recovers as after a crash. */
const writtenWithinMs = 60_000;

/** Rejects with FL_DATABASE_FAILED, and what the server said. Disposing stops the server and removes its data. */
export const startPostgres = async (options: PostgresOptions): Promise<PostgresServer> => {
  const dataFolder = await makeDataFolder();
  options.registry.addFolder(dataFolder);
  const remove = () => rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  const first = await launch(options, dataFolder, '0').catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  let current = first;
  const { port } = new URL(first.url);
  return {
    url: first.url,
    launcherPid: first.process.pid,
    pid: () => current.process.pid,
    serverPid: () => current.serverPid,
    stop: (how) => (how === 'fast' ? stopInOrder(current.process) : crash(current.process)),
    start: async () => {
      // Healing goes on where the run is interrupted.
      current = await launch({ ...options, signal: new AbortController().signal }, dataFolder, port);
    },
    [Symbol.asyncDispose]: async () => {
      await current.process.stop();
      await remove();
    },
  };
};

/** Its launcher ends with code 0 once the server has ended in order. */
const stopInOrder = async (process: SpawnedProcess): Promise<ServerEnd> => {
  if (!isAlive(process.identity)) return 'had-ended';
  const { code } = await process.stop(writtenWithinMs);
  return code === 0 ? 'in-order' : 'as-in-a-crash';
};

/** The server ends as in a crash, and its launcher with it. */
const crash = async (process: SpawnedProcess): Promise<ServerEnd> => {
  const wasThere = process.killServer('SIGQUIT');
  await process.exited;
  return wasThere ? 'as-in-a-crash' : 'had-ended';
};

type Launched = { readonly process: SpawnedProcess; readonly url: string; readonly serverPid: number };

const launch = async (
  { systemFolder, registry, logFile, signal }: PostgresOptions,
  dataFolder: string,
  port: string,
): Promise<Launched> => {
  const process = await spawnProcess({
    command: globalThis.process.execPath,
    args: [join(systemFolder, 'main', `postgres${extname(import.meta.url)}`)],
    env: { FAULTLINE_POSTGRES_DATA: dataFolder, FAULTLINE_POSTGRES_PORT: port },
    role: 'postgres',
    logFile,
    registry,
    failure: 'FL_DATABASE_FAILED',
  });
  try {
    const { attributes } = await process.ready(readyWithinMs, signal);
    return { process, url: String(attributes['address']), serverPid: Number(attributes['pid']) };
  } catch (error) {
    await process.stop();
    throw error;
  }
};

const makeDataFolder = async (): Promise<string> => {
  try {
    return await mkdtemp(join(tmpdir(), 'faultline-postgres-'));
  } catch (error) {
    throw new HarnessError('FL_FOLDER_NOT_WRITABLE', `no folder for PostgreSQL could be made in ${tmpdir()}: ${explain(error)}`, {
      cause: error,
    });
  }
};
