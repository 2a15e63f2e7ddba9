// For tests of faults: a PostgreSQL server that may be stopped, filled and used up, for it is nobody else's.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, type ProcessRegistry } from '../../stack/process-registry.ts';
import { type PostgresServer, startPostgres } from '../../targets/faultline/postgres-server.ts';

export type OwnPostgres = AsyncDisposable & {
  readonly server: PostgresServer;
  readonly registry: ProcessRegistry;
  readonly logFile: string;
};

const systemFolder = fileURLToPath(new URL('../../../system', import.meta.url));

export const startOwnPostgres = async (): Promise<OwnPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-test-server-'));
  const registry = createRegistry(join(folder, 'processes.ndjson'), `server-${process.pid}`, Date.now);
  const logFile = join(folder, 'postgres.log');
  const server = await startPostgres({ systemFolder, registry, logFile, signal: new AbortController().signal });
  return {
    server,
    registry,
    logFile,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      registry[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
