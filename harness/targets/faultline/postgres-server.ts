// One PostgreSQL server for a whole verify run, on a temporary data folder that the reaper knows. Started as any process of the system is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { spawnProcess } from '../../stack/processes.ts';

export type PostgresServer = AsyncDisposable & {
  readonly url: string;
  readonly pid: number;
};

export type PostgresOptions = {
  /** The folder of the system's own code, with main/ in it. */
  readonly systemFolder: string;
  readonly registry: ProcessRegistry;
  readonly logFile: string;
  readonly signal: AbortSignal;
};

const readyWithinMs = 30_000;

/** Rejects with FL_DATABASE_FAILED, and what the server said. Disposing stops the server and removes its data. */
export const startPostgres = async ({ systemFolder, registry, logFile, signal }: PostgresOptions): Promise<PostgresServer> => {
  const dataFolder = await makeDataFolder();
  registry.addFolder(dataFolder);
  const process = await spawnProcess({
    command: globalThis.process.execPath,
    args: [join(systemFolder, 'main', `postgres${extname(import.meta.url)}`)],
    env: { FAULTLINE_POSTGRES_DATA: dataFolder },
    role: 'postgres',
    logFile,
    registry,
    failure: 'FL_DATABASE_FAILED',
  });
  const stop = async () => {
    await process.stop();
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { attributes } = await process.ready(readyWithinMs, signal);
    return { url: String(attributes['address']), pid: process.pid, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
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
