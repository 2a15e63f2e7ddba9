// A target file as a target: its processes are kept track of, faults may hit them, and what the file does not offer is refused by name.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Clock } from '../../engine/clock.ts';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { FinalRow } from '../../history/final-state.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { createDatabase, databaseName, openPool } from '../database.ts';
import { telemetryEnvironment } from '../faultline/environment.ts';
import type { Lacks } from '../offers.ts';
import type { RunningTarget, StartOptions, Target } from '../target.ts';
import { type ForeignProcess, startForeignProcess } from './foreign-process.ts';
import type { KeptEvent, ProcessRequest, StartedSystem, TargetFile } from './target-file.ts';

export type ForeignOptions = {
  readonly file: TargetFile;
  readonly lacks: Lacks;
  /** Of the run's PostgreSQL; null where the file asks for none. */
  readonly serverUrl: string | null;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
};

type Processes = {
  start(request: ProcessRequest, port?: number): Promise<ForeignProcess>;
  readonly running: Map<string, ForeignProcess>;
};

export const createForeignTarget = (options: ForeignOptions): Target => ({
  name: options.file.name,
  lacks: options.lacks,
  start: (start, signal) => startForeign(options, start, signal),
});

const startForeign = async ({ file, lacks, serverUrl, registry, clock }: ForeignOptions, start: StartOptions, signal: AbortSignal) => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-target-'));
  registry.addFolder(folder);
  const databaseUrl = serverUrl === null ? '' : await createDatabase(serverUrl, databaseName(start.runId, start.scenario));
  const processes = createProcesses(start, registry, clock);
  const end = async () => {
    await Promise.all([...processes.running.values()].map(({ spawned }) => spawned.stop()));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { runId: run, scenario, environment } = start;
    const startProcess = async (request: ProcessRequest) => (await processes.start(request)).target;
    const telemetry = telemetryEnvironment(start);
    const context = { run, scenario, telemetry, databaseUrl, processes: start.processes, environment, folder, startProcess, signal };
    return { ...runningTarget(file, await file.start(context), processes, databaseUrl, end), lacks };
  } catch (error) {
    await end();
    throw error instanceof HarnessError
      ? error
      : new HarnessError('FL_TARGET_FAILED', `${file.name} could not be started: ${explain(error)}`, { cause: error });
  }
};

const slot = ({ role, index = 0 }: Pick<ProcessRequest, 'role' | 'index'>): string => `${role} ${index}`;

const createProcesses = ({ logFolder }: StartOptions, registry: ProcessRegistry, clock: Clock): Processes => {
  const running = new Map<string, ForeignProcess>();
  return {
    running,
    start: async (request, port = 0) => {
      const started = await startForeignProcess({ request, port, logFolder, registry, clock });
      running.set(slot(request), started);
      return started;
    },
  };
};

const runningTarget = (
  file: TargetFile,
  system: StartedSystem,
  processes: Processes,
  databaseUrl: string,
  end: () => Promise<void>,
): RunningTarget => {
  const pool = databaseUrl === '' ? null : openPool(databaseUrl);
  const url = system.url.replace(/\/+$/, '');
  return {
    ingestUrl: url,
    queryUrl: url,
    ...(system.datagrams === undefined ? {} : { datagrams: system.datagrams }),
    databaseUrl,
    processes: () => [...processes.running.values()].map(({ target }) => target),
    restart: async (role, index) => (await restart(processes, slot({ role, index }))).target,
    pending: () => system.pending(),
    readBack: () => rowsOf(system.readBack?.() ?? nothing()),
    query: (sql, values) => ask(file, pool, sql, values),
    lockReadModel: () => Promise.reject(notOffered(file, 'a read model of its own to lock')),
    [Symbol.asyncDispose]: async () => {
      await system.stop?.();
      await pool?.end();
      await end();
    },
  };
};

const nothing = async function* (): AsyncGenerator<KeptEvent> {};

const rowsOf = async function* (events: AsyncIterable<KeptEvent>): AsyncGenerator<FinalRow> {
  for await (const { sequence = null, ...event } of events) yield { kind: 'stored', sequence, ...event };
};

const restart = async ({ running, start }: Processes, name: string): Promise<ForeignProcess> => {
  const before = running.get(name);
  if (before === undefined) throw new HarnessError('FL_TARGET_FAILED', `${name} never ran, so it can't be started again`);
  await before.target.exited;
  const { address } = before.target;
  return start(before.request, URL.canParse(address) ? Number(new URL(address).port) : 0);
};

const notOffered = ({ name }: TargetFile, what: string): HarnessError =>
  new HarnessError('FL_TARGET_FILE', `${name} does not offer ${what}`);

const ask = async <Row extends Record<string, unknown>>(
  file: TargetFile,
  pool: Pool | null,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => {
  if (pool === null) throw notOffered(file, 'a database that can be asked');
  return (await pool.query<Row>(sql, [...values])).rows;
};
