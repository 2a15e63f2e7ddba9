// For tests: the query API on a fresh, migrated database, with rows put in by hand.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { AccessKeys } from '../access/access-keys.ts';
import { noKeys } from '../access/testing.ts';
import { createMigratedDatabase, createTestDatabase } from '../storage/postgres/testing.ts';
import { createTestPool } from '../storage/postgres/testing-pool.ts';
import { startTelemetry, type Telemetry } from '../telemetry/start-telemetry.ts';
import { createSchemaDesk } from '../storage/postgres/schema-desk.ts';
import { createImportRunner } from '../recovery/import/import-runner.ts';
import { createThrottle } from '../recovery/import/throttle.ts';
import { createEventIdentities } from '../storage/postgres/event-identities.ts';
import { createImportDesk } from '../storage/postgres/import-desk.ts';
import { createImportLedger } from '../storage/postgres/import-ledger.ts';
import { createConsumerDesk } from '../storage/postgres/consumer-desk.ts';
import { createErasureDesk } from '../storage/postgres/erasure/erasure-desk.ts';
import { createRebuildDesk } from '../storage/postgres/rebuild/rebuild-desk.ts';
import { createRecoveryDesk } from '../storage/postgres/recovery-desk.ts';
import type { ReadBounds } from './consumers/reader-door.ts';
import type { ExportBounds } from './export/export-door.ts';
import { createOperatePool } from './create-operate-pool.ts';
import { createReadPool } from './create-read-pool.ts';
import { createQueryServer } from './query-server.ts';

const systemTimes = { nowMs: () => Date.now(), sleep: (delayMs: number) => sleep(delayMs) };

/** A test reads from `body` what it expects; a wrong guess is a failing test. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = { readonly status: number; readonly text: string; readonly body: any; readonly headers: Record<string, unknown> };

export type QueryUnderTest = AsyncDisposable & {
  readonly databaseUrl: string;
  /** May write. */
  readonly pool: Pool;
  /** The server's own. */
  readonly readPool: Pool;
  /** Lines that the server logged. */
  readonly lines: string[];
  readonly telemetry: Telemetry;
  readonly app: ReturnType<typeof createQueryServer>;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  insertEvent(event: Partial<TestEvent> & { readonly id: number }): Promise<void>;
};

type TestEvent = {
  readonly id: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly body: string;
};

export const startQueryUnderTest = async (
  options: {
    readonly statementTimeoutMs?: number;
    readonly environment?: Record<string, string>;
    readonly migrated?: boolean;
    readonly bounds?: Partial<ReadBounds & ExportBounds>;
    readonly keys?: Pick<AccessKeys, 'demand' | 'areNeeded'>;
    readonly headersTimeoutMs?: number;
  } = {},
): Promise<QueryUnderTest> => {
  const database = await (options.migrated === false ? createTestDatabase() : createMigratedDatabase(4));
  const writing = createTestPool(database.url, 2);
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const telemetry = await startTelemetry({ process: 'query', instance: 'query-test', environment: options.environment ?? {}, write });
  const pool = createReadPool({
    databaseUrl: database.url,
    applicationName: 'faultline-query-test',
    onError: () => {},
    ...(options.statementTimeoutMs !== undefined && { statementTimeoutMs: options.statementTimeoutMs }),
  });
  const operating = createOperatePool({ databaseUrl: database.url, applicationName: 'faultline-query-test-operate', onError: () => {} });
  const rebuilds = createRebuildDesk({ pool: operating, freshnessBudgetMs: 250, ...systemTimes });
  const desks = {
    desk: createRecoveryDesk(operating),
    schemaDesk: createSchemaDesk(operating),
    rebuilds,
    erasures: createErasureDesk(operating),
  };
  const bounds = { mostReaders: 20, bufferBytes: 256 * 1024, slowMs: 10_000, limitSeconds: 60, ...options.bounds };
  const consumers = { desk: createConsumerDesk(operating), pool, bounds };
  const { keys = noKeys, headersTimeoutMs } = options;
  const slow = headersTimeoutMs === undefined ? {} : { headersTimeoutMs };
  const imports = { desk: createImportDesk(operating), runner: createTestRunner(writing, database.url) };
  const app = createQueryServer({ pool, ...desks, imports, keys, telemetry, consumers, exports: { pool, bounds }, ...slow });
  return {
    databaseUrl: database.url,
    pool: writing,
    readPool: pool,
    lines,
    telemetry,
    app,
    get: async (url, headers = {}) => {
      const response = await app.inject({ method: 'GET', url, headers });
      return { status: response.statusCode, text: response.body, body: response.json(), headers: response.headers };
    },
    post: async (url, body, headers = { 'content-type': 'application/json' }) => {
      const payload = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await app.inject({ method: 'POST', url, headers, payload });
      return { status: response.statusCode, text: response.body, body: response.json(), headers: response.headers };
    },
    insertEvent: (event) => insertEvent(writing, event),
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await Promise.all([pool.end(), operating.end(), writing.end(), telemetry.shutdown()]);
      await database[Symbol.asyncDispose]();
    },
  };
};

/** In this process, without a thread: what live traffic leaves is not what these tests are about. */
const createTestRunner = (pool: Pool, databaseUrl: string) =>
  createImportRunner({
    ledger: createImportLedger({ pool, identities: createEventIdentities(pool, databaseUrl, () => {}), laneCount: 4 }),
    throttle: createThrottle({ lagBudgetMs: 1e9, commitBudgetMs: 1e9, nowMs: () => performance.now() }),
    clock: { nowMs: () => Date.now(), sleep: (delayMs) => sleep(delayMs) },
    newIdentity: () => randomUUID(),
    diskBudgetBytes: 0,
    onTrouble: () => {},
  });

const insert = `
  insert into events (id, tenant, system_name, object_id, event_name, metadata, event_time, event_time_source, received_at, lane, position, body)
  values ($1, 'default', $2, $3, $4, '{}', $5, 'client', $5, 0, $1, $6)`;

const insertEvent = async (pool: Pool, given: Partial<TestEvent> & { readonly id: number }) => {
  const event = { system_name: 'shop', object_id: 'order-1', event_name: 'paid', event_time: '2026-01-01T00:00:00Z', ...given };
  const body = given.body ?? `{"system_name":"shop","metadata":{"n":${event.id}}}`;
  await pool.query(insert, [event.id, event.system_name, event.object_id, event.event_name, event.event_time, body]);
};
