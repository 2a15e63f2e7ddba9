// Process `query`: reads from PostgreSQL and answers over HTTP. The only writing that it ever does is applying missing migrations, before it serves.
import { Pool } from 'pg';
import { demandSettings, type Settings } from '../contract/parse-settings.ts';
import { SystemError } from '../contract/system-error.ts';
import { createReadPool } from '../query/create-read-pool.ts';
import { createQueryServer } from '../query/query-server.ts';
import { migrate } from '../storage/postgres/migrate.ts';
import { collectPool, collectProcess } from '../telemetry/collectors.ts';
import { errorAttributes } from '../telemetry/error-attributes.ts';
import { startTelemetry } from '../telemetry/start-telemetry.ts';
import { applicationName, createInstance, type Running, runProcess } from './process-life.ts';
import { describePortOwner } from './start/port-owner.ts';

const role = 'query';
const instance = createInstance(role);

/** Pools are read-only: migrations go over a connection of their own, which ends before the first request. */
const bringUpSchema = async (databaseUrl: string, settings: Settings) => {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: applicationName(role, instance, 'migrate'),
    max: 1,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', () => {});
  try {
    await migrate(pool, { lanes: settings.lanes, apply: settings.migrate });
  } finally {
    await pool.end();
  }
};

const start = async (settings: Settings): Promise<Running> => {
  const databaseUrl = settings.databaseUrl ?? '';
  await bringUpSchema(databaseUrl, settings);
  const telemetry = startTelemetry({ process: role, instance, environment: process.env, tracesPerSecond: settings.traceSampleRate });
  const pool = createReadPool({
    databaseUrl,
    applicationName: applicationName(role, instance),
    onError: (error) => telemetry.logger.warn('a connection to the database broke', { ...errorAttributes(error) }),
  });
  collectProcess(telemetry.instruments);
  collectPool(telemetry.instruments, role, pool);
  const app = createQueryServer({ pool, telemetry });
  const address = await listen(app, settings);
  const stop = async () => {
    await app.close();
    await pool.end();
    await telemetry.shutdown();
  };
  return { attributes: { address }, stop };
};

const listen = async (app: ReturnType<typeof createQueryServer>, { host, port }: Settings) => {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new SystemError(
      'FL_PORT_TAKEN',
      `Port ${port} on ${host} is taken ${await describePortOwner(port)}. Set FAULTLINE_PORT to another, or to 0 for any free one.`,
      {
        cause,
      },
    );
  }
};

await runProcess({
  process: role,
  instance,
  start: (life) => {
    const settings = demandSettings(role, process.env);
    if (settings.exitWithParent) life.exitWithParent();
    return start(settings);
  },
});
