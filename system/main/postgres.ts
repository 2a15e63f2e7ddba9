// Process `postgres`: runs the PostgreSQL that npm brought on a folder of its own. Nothing here knows events.
import { demandSettings } from '../contract/parse-settings.ts';
import { SystemError } from '../contract/system-error.ts';
import { logLine } from './postgres/log-line.ts';
import type { Server } from './postgres/server.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { createInstance, runProcess } from './process-life.ts';

const now = (): Date => new Date();

const failure = async (server: Server): Promise<never> => {
  const { code, signal } = await server.exited;
  throw new SystemError('FL_POSTGRES_FAILED', `PostgreSQL ended by itself (${signal ?? `code ${code}`}); its last lines say why`);
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
      stop: async () => void (await server.stop('fast')),
      failed,
    };
  },
});
