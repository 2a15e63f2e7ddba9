// Process `postgres`: runs the PostgreSQL that npm brought on a folder of its own. Nothing here knows events.
import { demandSettings } from '../contract/parse-settings.ts';
import { SystemError } from '../contract/system-error.ts';
import { logLine } from './postgres/log-line.ts';
import type { Server, ServerExit } from './postgres/server.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { createInstance, runProcess } from './process-life.ts';

const now = (): Date => new Date();

const describeExit = ({ code, signal }: ServerExit): string => signal ?? `code ${code}`;

const failure = async (server: Server): Promise<never> => {
  const exit = await server.exited;
  throw new SystemError('FL_POSTGRES_FAILED', `PostgreSQL ended by itself (${describeExit(exit)}); its last lines say why`);
};

/** Whoever reads our exit code takes 0 for a server that has written all of it; one that was killed meanwhile has not. */
const stopInOrder = async (server: Server): Promise<void> => {
  const exit = await server.stop('fast');
  if (exit.code === 0) return;
  const message = `PostgreSQL did not end in order when it was stopped (${describeExit(exit)}); it recovers at its next start`;
  throw new SystemError('FL_POSTGRES_FAILED', message);
};

await runProcess({
  process: 'postgres',
  instance: createInstance('postgres'),
  start: async (life) => {
    const settings = demandSettings('postgres', process.env);
    if (settings.exitWithParent) life.exitWithParent();
    const log = (record: Parameters<typeof logLine>[0]): void => void process.stdout.write(logLine(record, now()));
    const { server, url, dataFolder, version, isNew } = await startPostgres({ settings, log, now, signal: life.stopping });
    const failed = failure(server);
    // Only of interest until we stop it ourselves.
    failed.catch(() => undefined);
    return {
      attributes: { address: url, pid: server.pid, supervisor_pid: process.pid, data: dataFolder, version, new: isNew },
      stop: () => stopInOrder(server),
      failed,
    };
  },
});
