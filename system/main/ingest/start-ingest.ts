// Wires process `ingest`: settings, database, telemetry and server; no logic of its own. The writer comes from the caller: a benchmark leaves the commit out.
import type { Pool } from 'pg';
import type { Settings } from '../../contract/parse-settings.ts';
import { signals } from '../../contract/signals.ts';
import { createIngestTelemetry } from '../../ingest/create-ingest-telemetry.ts';
import { type IngestServerOptions, startIngestServer } from '../../ingest/http/server.ts';
import { startDiskBudget } from '../../ingest/disk-budget.ts';
import { createIngest } from '../../ingest/ingest.ts';
import { createCachedRegistry, keepCurrent } from '../../schemas/cached-registry.ts';
import { loadRegistry } from '../../storage/postgres/load-registry.ts';
import { systemScheduler } from '../../ingest/scheduler.ts';
import { migrate } from '../../storage/postgres/migrate.ts';
import { readDatabaseSize } from '../../stream/postgres/database-size.ts';
import { startLogUpkeep } from '../../stream/postgres/log-upkeep.ts';
import type { DatagramDoor } from '../../stream/datagrams.ts';
import type { StreamWriter } from '../../stream/stream.ts';
import { createWriterPool } from '../../stream/postgres/writer-pool.ts';
import { collectPool, collectProcess } from '../../telemetry/collectors.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import { startTelemetry, type Telemetry } from '../../telemetry/start-telemetry.ts';
import { createTenantLabels } from '../../access/tenant-labels.ts';
import { startTenantUsage } from '../access/start-tenant-usage.ts';
import { openKeys } from '../access/open-keys.ts';
import { applicationName, createInstance, type Running } from '../process-life.ts';
import { portTaken } from '../port-taken.ts';
import { describePortOwner } from '../start/port-owner.ts';
import { readTlsFiles } from '../tls/read-tls-files.ts';
import { createLateDoor, startDatagrams } from './start-datagrams.ts';

export const role = 'ingest';
export const instance = createInstance(role);

export type CreateWriter = (options: { readonly pool: Pool; readonly laneCount: number; readonly datagrams: DatagramDoor }) => StreamWriter;

export const startIngest = async (settings: Settings, createWriter: CreateWriter): Promise<Running> => {
  const tls = await readTlsFiles(settings);
  await using undo = new AsyncDisposableStack();
  const telemetry = await startTelemetry({ process: role, instance, environment: process.env, tenantLabels: settings.tenantLabels });
  undo.defer(() => telemetry.shutdown());
  const pool = undo.adopt(openPool(settings, telemetry), (opened) => opened.end());
  const { laneCount } = await migrate(pool, { lanes: settings.lanes, apply: settings.migrate });
  const keys = undo.use(await openKeys({ settings, role, instance, telemetry }));
  undo.use(
    startLogUpkeep(pool, {
      mayCreate: settings.migrate,
      onFailure: (error) => telemetry.logger.warn('upkeep of the log failed', { ...errorAttributes(error) }),
    }),
  );
  const labels = createTenantLabels(keys.tenants, settings.tenantLabels);
  const ingestTelemetry = createIngestTelemetry(telemetry, Date.now, tls === null ? 'http' : 'https', labels);
  const late = createLateDoor(instance);
  const schemas = createSchemas(settings, pool, telemetry);
  // Without it no policy is known, and no event may be taken.
  await schemas.refresh();
  undo.use(keepCurrent(schemas, settings.schemaCacheMs));
  const { logger } = telemetry;
  const budget = undo.use(
    await startDiskBudget({
      limitBytes: settings.diskBudgetBytes,
      measure: () => readDatabaseSize(pool),
      scheduler: systemScheduler,
      onFailure: (error) =>
        logger.warn('what the database takes on disk could not be measured; the last reading counts on', { ...errorAttributes(error) }),
      onChange: (state, usedBytes) => tellBudget(logger, state, usedBytes, settings.diskBudgetBytes),
    }),
  );
  const usage = undo.use(await startTenantUsage({ pool, telemetry, labels, tenants: keys.tenants, scheduler: systemScheduler }));
  const ingest = createIngest({
    ...settings,
    closedFor: budget.refusal,
    schemas: schemas.current,
    ...usage.limits,
    isShared: keys.areNeeded,
    laneCount,
    writer: createWriter({ pool, laneCount, datagrams: late }),
    telemetry: ingestTelemetry,
  });
  collectProcess(telemetry.instruments);
  collectPool(telemetry.instruments, role, pool);
  telemetry.instruments.gauge(signals.ingestQueueSize, ingest.queueBytes);
  telemetry.instruments.gauge(signals.schemaRegistryAge, schemas.ageSeconds);
  telemetry.instruments.gauge(signals.ingestQueueLimit, () => ingest.queueLimitBytes);
  telemetry.instruments.gauge(signals.storageSize, budget.usedBytes);
  if (settings.diskBudgetBytes > 0) telemetry.instruments.gauge(signals.storageLimit, () => settings.diskBudgetBytes);
  // Stopping goes backwards: no new requests and the answers of those that came, what still waits is committed, then the connections end.
  undo.defer(() => ingest.drain());
  telemetry.announce();
  const door = await startDatagrams({ settings, pool, ingest, keys, late, telemetry, ingestTelemetry });
  if (door !== null) undo.defer(() => door.stop());
  const server = await listen({
    ...settings,
    tls,
    ingest,
    keys,
    telemetry: ingestTelemetry,
    checkStorage: () => checkStorage(pool),
    datagrams: door === null ? null : door.now,
  });
  undo.defer(() => server.stop());
  const stopAll = undo.move();
  const udp = door === null ? {} : { udp: `udp://${settings.host}:${door.port}` };
  return { attributes: { address: server.address, admin: server.adminAddress, ...udp }, stop: () => stopAll.disposeAsync() };
};

const createSchemas = ({ schemaCacheMs }: Settings, pool: Pool, { logger }: Telemetry) =>
  createCachedRegistry({
    load: (known) => loadRegistry(pool, known, longestAnswerMs),
    lifeMs: schemaCacheMs,
    nowMs: () => performance.now(),
    onFailure: (error) => logger.warn('the registry of schemas could not be read, its copy is kept', { ...errorAttributes(error) }),
  });

const tellBudget = (logger: Telemetry['logger'], state: 'used up' | 'room again', usedBytes: number, limitBytes: number) => {
  const attributes = { 'faultline.storage.size': usedBytes, 'faultline.storage.limit': limitBytes };
  if (state === 'used up') logger.error('the disk budget is used up: nothing is taken until there is room', attributes);
  else logger.info('there is room within the disk budget again', attributes);
};

const openPool = (settings: Settings, { logger }: Telemetry): Pool =>
  createWriterPool({
    databaseUrl: settings.databaseUrl ?? '',
    applicationName: applicationName(role, instance),
    flushers: settings.flushers,
    commitTimeoutMs: settings.commitTimeoutMs,
    onError: (error) => logger.warn('a connection to the database broke', { ...errorAttributes(error) }),
  });

/** A server that froze answers no statement and times none out. */
const longestAnswerMs = 5000;

const checkStorage = async (pool: Pool): Promise<void> => {
  const query = { text: 'select 1', query_timeout: longestAnswerMs };
  await pool.query(query);
};

const listen = async (options: IngestServerOptions) => {
  try {
    return await startIngestServer(options);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    const port = 'port' in cause ? Number(cause.port) : options.port;
    const variable = port === options.adminPort ? 'FAULTLINE_ADMIN_PORT' : 'FAULTLINE_PORT';
    throw portTaken({ port, host: options.host, variable, owner: await describePortOwner(port), mayShare: true, cause });
  }
};
