// Process `query`: reads from PostgreSQL and answers over HTTP. It writes missing migrations before it serves, what operators ask, as rows that workers carry
// out, where those who consume elsewhere are, and, in a thread of its own, the lines of imports.
import { setTimeout as sleep } from 'node:timers/promises';
import { demandSettings, type Settings } from '../contract/parse-settings.ts';
import { signals } from '../contract/signals.ts';
import { createOperatePool } from '../query/create-operate-pool.ts';
import { createReadPool } from '../query/create-read-pool.ts';
import { mostExports } from '../query/export/export-door.ts';
import { createQueryServer } from '../query/query-server.ts';
import { createConsumerDesk } from '../storage/postgres/consumer-desk.ts';
import { migrateOnce } from '../storage/postgres/migrate-once.ts';
import { createSchemaDesk } from '../storage/postgres/schema-desk.ts';
import { createImportDesk } from '../storage/postgres/import-desk.ts';
import { createErasureDesk } from '../storage/postgres/erasure/erasure-desk.ts';
import { createRebuildDesk } from '../storage/postgres/rebuild/rebuild-desk.ts';
import { createRecoveryDesk } from '../storage/postgres/recovery-desk.ts';
import { systemClock } from '../telemetry/clock.ts';
import { collectPool, collectProcess } from '../telemetry/collectors.ts';
import { errorAttributes } from '../telemetry/error-attributes.ts';
import { startTelemetry, type Telemetry } from '../telemetry/start-telemetry.ts';
import { createTenantLabels } from '../access/tenant-labels.ts';
import { openKeys } from './access/open-keys.ts';
import { consumeConnections } from './connections.ts';
import { createImportThread } from './imports/import-thread-host.ts';
import { applicationName, createInstance, type Running, runProcess } from './process-life.ts';
import { portTaken } from './port-taken.ts';
import { describePortOwner } from './start/port-owner.ts';
import { readTlsFiles } from './tls/read-tls-files.ts';

const role = 'query';
const instance = createInstance(role);

const start = async (settings: Settings): Promise<Running> => {
  const databaseUrl = settings.databaseUrl!;
  const tls = await readTlsFiles(settings);
  // Over a connection of its own: those of the pool can't write.
  const { laneCount } = await migrateOnce(databaseUrl, applicationName(role, instance, 'migrate'), {
    lanes: settings.lanes,
    apply: settings.migrate,
  });
  await using undo = new AsyncDisposableStack();
  const { traceSampleRate: tracesPerSecond, tenantLabels } = settings;
  const telemetry = await startTelemetry({ process: role, instance, environment: process.env, tracesPerSecond, tenantLabels });
  undo.defer(() => telemetry.shutdown());
  const keys = undo.use(await openKeys({ settings, role, instance, telemetry }));
  const onError = (error: Error) => telemetry.logger.warn('a connection to the database broke', { ...errorAttributes(error) });
  const pool = createReadPool({ databaseUrl, applicationName: applicationName(role, instance), onError });
  undo.defer(() => pool.end());
  const operating = createOperatePool({ databaseUrl, applicationName: applicationName(role, instance, 'operate'), onError });
  undo.defer(() => operating.end());
  const consuming = createReadPool({
    databaseUrl,
    applicationName: applicationName(role, instance, 'consume'),
    onError,
    maxConnections: consumeConnections,
  });
  undo.defer(() => consuming.end());
  const checkpointing = createOperatePool({ databaseUrl, applicationName: applicationName(role, instance, 'checkpoint'), onError });
  undo.defer(() => checkpointing.end());
  // As many as there are exports, each with a transaction that lasts as long as its reader takes.
  const exporting = createReadPool({
    databaseUrl,
    applicationName: applicationName(role, instance, 'export'),
    onError,
    maxConnections: mostExports,
    statementTimeoutMs: 30_000,
  });
  undo.defer(() => exporting.end());
  collectProcess(telemetry.instruments);
  collectPool(telemetry.instruments, role, pool);
  const runner = undo.use(startImports(settings, laneCount, telemetry));
  telemetry.instruments.gauge(signals.importRate, runner.ratePerSecond);
  const imports = { desk: createImportDesk(operating), runner };
  const times = { nowMs: () => systemClock.nowMs(), sleep: (delayMs: number) => sleep(delayMs) };
  const rebuilds = createRebuildDesk({ pool: operating, freshnessBudgetMs: settings.freshnessBudgetMs, ...times });
  const desks = {
    desk: createRecoveryDesk(operating),
    schemaDesk: createSchemaDesk(operating),
    rebuilds,
    erasures: createErasureDesk(operating),
  };
  const { consumerReaders: mostReaders, consumerBufferBytes: bufferBytes, consumerSlowMs: slowMs } = settings;
  const consumers = { desk: createConsumerDesk(checkpointing), pool: consuming, bounds: { mostReaders, bufferBytes, slowMs } };
  const exports = { pool: exporting, bounds: { bufferBytes, slowMs, limitSeconds: settings.exportLimitSeconds } };
  const labels = createTenantLabels(keys.tenants, tenantLabels);
  const app = createQueryServer({ pool, ...desks, imports, keys, telemetry, labels, consumers, exports, tls });
  // First to end: no new requests, those under way are answered, then the connections.
  undo.defer(() => app.close());
  telemetry.announce();
  const address = await listen(app, settings);
  const owned = undo.move();
  return { attributes: { address }, stop: () => owned.disposeAsync() };
};

const startImports = (settings: Settings, laneCount: number, { logger }: Telemetry) =>
  createImportThread({
    data: {
      databaseUrl: settings.databaseUrl!,
      connectionName: applicationName(role, instance, 'import'),
      laneCount,
      diskBudgetBytes: settings.diskBudgetBytes,
      lagBudgetMs: settings.importLagMs,
      commitBudgetMs: settings.importCommitMs,
    },
    onTrouble: (message) => logger.warn('an import had to try again', { 'exception.message': message }),
    nowMs: () => performance.now(),
  });

const listen = async (app: ReturnType<typeof createQueryServer>, { host, port }: Settings) => {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw portTaken({ port, host, variable: 'FAULTLINE_PORT', owner: await describePortOwner(port), mayShare: false, cause });
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
