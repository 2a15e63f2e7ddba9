// A target file as a target: its processes are kept track of, faults may hit them, and what the file does not offer is refused by name.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Clock } from '../../engine/clock.ts';
import { explain, HarnessError } from '../../engine/errors.ts';
import { within } from '../../engine/within.ts';
import type { FinalRow } from '../../history/final-state.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { createSlots, type Slots } from '../../stack/slots.ts';
import { createDatabase, databaseName, openPool } from '../database.ts';
import { telemetryEnvironment } from '../faultline/environment.ts';
import type { Lacks } from '../offers.ts';
import type { RunningTarget, StartOptions, Target } from '../target.ts';
import { type ForeignProcess, startForeignProcess } from './foreign-process.ts';
import { checkStarted } from './started-problems.ts';
import type { KeptEvent, ProcessRequest, StartContext, StartedSystem, TargetFile } from './target-file.ts';

export type ForeignOptions = {
  readonly file: TargetFile;
  /** Where the file is. */
  readonly path: string;
  readonly lacks: Lacks;
  /** Of the run's PostgreSQL; null where the file asks for none. */
  readonly serverUrl: string | null;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
};

type Processes = {
  start(request: ProcessRequest, port?: number): Promise<ForeignProcess>;
  readonly running: Map<string, ForeignProcess>;
  readonly slots: Slots;
  /** All that were ever started, also those that are still on their way. */
  stop(): Promise<void>;
};

/** A system that is stuck must not keep its own processes alive. */
const stopWithinMs = 10_000;

export const createForeignTarget = (options: ForeignOptions): Target => ({
  name: options.file.name,
  lacks: options.lacks,
  start: (start, signal) => startForeign(options, start, signal),
});

const startForeign = async (options: ForeignOptions, start: StartOptions, signal: AbortSignal): Promise<RunningTarget> => {
  const { file, lacks, serverUrl, registry, clock } = options;
  await using undo = new AsyncDisposableStack();
  const databaseUrl = serverUrl === null ? '' : await createDatabase(serverUrl, databaseName(start.runId, start.scenario));
  const pool = databaseUrl === '' ? null : openPool(databaseUrl);
  undo.defer(async () => pool?.end());
  const folder = await mkdtemp(join(tmpdir(), 'faultline-target-'));
  registry.addFolder(folder);
  undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const processes = createProcesses(start, registry, clock);
  undo.defer(() => processes.stop());
  const { runId: run, scenario, environment } = start;
  const startProcess = async (request: ProcessRequest) => (await processes.start(request)).target;
  const telemetry = telemetryEnvironment(start);
  const context = { run, scenario, telemetry, databaseUrl, processes: start.processes, environment, folder, startProcess, signal };
  const system = await startSystem(file, context);
  undo.defer(() => stopSystem(options, system));
  checkStarted(system, file, options.path);
  return { ...runningTarget(file, system, processes, pool, undo.move()), databaseUrl, lacks };
};

const startSystem = async (file: TargetFile, context: StartContext): Promise<StartedSystem> => {
  try {
    return await file.start(context);
  } catch (error) {
    throw error instanceof HarnessError
      ? error
      : new HarnessError('FL_TARGET_FAILED', `${file.name} could not be started: ${explain(error)}`, { cause: error });
  }
};

/** Whatever comes of it, all else is taken down too: this is one step of several, each of which is done. */
const stopSystem = async ({ file, path, clock }: ForeignOptions, system: StartedSystem): Promise<void> => {
  const what = `stop() of target ${file.name} (${path})`;
  const stopping = (async () => {
    // What was given back may be anything: it is refused by name, and that is not to be hidden by this.
    if (typeof (system as Partial<StartedSystem> | undefined)?.stop === 'function') await system.stop?.();
    return true;
  })();
  const isDone = await within(stopping, stopWithinMs, clock).catch((error: unknown) => {
    throw new HarnessError('FL_TARGET_FAILED', `${what} failed: ${explain(error)}`, { cause: error });
  });
  if (isDone !== true)
    throw new HarnessError(
      'FL_TARGET_FAILED',
      `${what} did not settle within ${stopWithinMs / 1000} s; the processes that it started were ended all the same`,
    );
};

const slot = ({ role, index = 0 }: Pick<ProcessRequest, 'role' | 'index'>): string => `${role} ${index}`;

const createProcesses = ({ logFolder }: StartOptions, registry: ProcessRegistry, clock: Clock): Processes => {
  const running = new Map<string, ForeignProcess>();
  const all: Promise<ForeignProcess>[] = [];
  const ending = new AbortController();
  return {
    running,
    slots: createSlots(clock),
    start: async (request, port = 0) => {
      const starting = startForeignProcess({ request, port, logFolder, registry, clock, signal: ending.signal });
      all.push(starting);
      const started = await starting;
      running.set(slot(request), started);
      return started;
    },
    stop: async () => {
      ending.abort();
      // One that did not become ready was ended by whoever waited for it.
      const started = (await Promise.allSettled(all)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const ends = await Promise.allSettled(started.map(({ spawned }) => spawned.stop()));
      const failed = ends.find((each) => each.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
};

const runningTarget = (
  file: TargetFile,
  system: StartedSystem,
  processes: Processes,
  pool: Pool | null,
  whole: AsyncDisposableStack,
): Omit<RunningTarget, 'databaseUrl'> => {
  const url = system.url.replace(/\/+$/, '');
  return {
    ingestUrl: url,
    queryUrl: url,
    ...(system.datagrams === undefined ? {} : { datagrams: system.datagrams }),
    processes: () => [...processes.running.values()].map(({ target }) => target),
    restart: async (role, index) => (await restart(processes, slot({ role, index }))).target,
    pending: () => system.pending(),
    readBack: () => rowsOf(system.readBack?.() ?? nothing()),
    query: (sql, values) => ask(file, pool, sql, values),
    lockReadModel: () => Promise.reject(notOffered(file, 'a read model of its own to lock')),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
};

const nothing = async function* (): AsyncGenerator<KeptEvent> {};

const rowsOf = async function* (events: AsyncIterable<KeptEvent>): AsyncGenerator<FinalRow> {
  for await (const { sequence = null, ...event } of events) yield { kind: 'stored', sequence, ...event };
};

const restart = async ({ running, slots, start }: Processes, name: string): Promise<ForeignProcess> => {
  const before = running.get(name);
  if (before === undefined) throw new HarnessError('FL_TARGET_FAILED', `${name} never ran, so it can't be started again`);
  const { address } = before.target;
  const port = URL.canParse(address) ? Number(new URL(address).port) : 0;
  return slots.fill(name, before.target, () => start(before.request, port));
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
