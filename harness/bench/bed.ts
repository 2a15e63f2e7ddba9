// The bed of a benchmark: PostgreSQL, the embedded telemetry stack, and processes of the system, each a program of its own as in real use.
import { join } from 'node:path';
import pg from 'pg';
import { type Network, startNetwork } from '../network/start-network.ts';
import { spawnProcess, type SpawnedProcess } from '../stack/processes.ts';
import { createWorkshop } from './workshop.ts';

export type Program = {
  readonly address: string;
  /** Of its ready line. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly process: SpawnedProcess;
};

export type Bed = AsyncDisposable & {
  /** A new, empty database; resolves to its URL. */
  database(name: string): Promise<string>;
  /** Starts system/main/<role>.ts on a database, telemetry on. */
  start(role: string, databaseUrl: string, environment?: Readonly<Record<string, string>>): Promise<Program>;
  /** The process of the network proxies. It ends with the bed. */
  network(): Promise<Network>;
};

const readyWithinMs = 30_000;

export const createBed = async (root: string, signal: AbortSignal): Promise<Bed> => {
  await using undo = new AsyncDisposableStack();
  const workshop = undo.use(await createWorkshop());
  const { folder, logFolder, registry } = workshop;
  const run = async (role: string, script: string, env: Readonly<Record<string, string>>, stopWithinMs = 15_000): Promise<Program> => {
    const started = await spawnProcess({
      command: process.execPath,
      args: [join(root, script)],
      env,
      role,
      logFile: join(logFolder, `${role}.log`),
      registry,
      stopWithinMs,
    });
    workshop.use(started);
    const line = await started.ready(readyWithinMs, signal);
    return { address: String(line.attributes['address']), attributes: line.attributes, process: started };
  };
  const postgres = await run('postgres', 'system/main/postgres.ts', { FAULTLINE_POSTGRES_DATA: join(folder, 'faultline-postgres-data') });
  const telemetry = await run('stack', 'harness/stack/embedded/main.ts', {});
  const stack = undo.move();
  return {
    database: (name) => createDatabase(postgres.address, name),
    start: (role, databaseUrl, environment = {}) =>
      run(role, `system/main/${role}.ts`, {
        DATABASE_URL: databaseUrl,
        OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.address,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        ...environment,
      }),
    network: async () => workshop.use(await startNetwork({ registry, logFolder, signal })),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

const createDatabase = async (serverUrl: string, name: string): Promise<string> => {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};
