// faultline itself as a target: fresh processes and a fresh database for each start, spoken to as any client would.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import type { Clock } from '../../engine/clock.ts';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import type { RunningTarget, StartOptions, Target } from '../target.ts';
import { booksIn } from './books.ts';
import { createDatabase, databaseName, openPool } from '../database.ts';
import { processEnvironment } from './environment.ts';
import { lockReadModel } from './lock-read-model.ts';
import { lagIn, pendingIn } from './pending.ts';
import { readBack } from './read-back.ts';
import { readKey } from './read-key.ts';
import { readStatus } from './read-status.ts';
import { startSystemProcess, type SystemProcess } from './system-process.ts';

export type FaultlineOptions = {
  readonly systemFolder: string;
  /** The run's PostgreSQL server: postgresql:// with a database that is always there. */
  readonly serverUrl: string;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
};

type Fleet = {
  readonly running: Map<string, SystemProcess>;
  start(role: ProcessRole, index: number, port: number, signal?: AbortSignal): Promise<SystemProcess>;
};

const faultyHandlerPath = fileURLToPath(new URL(`./faulty-handler${extname(import.meta.url)}`, import.meta.url));

export const createFaultlineTarget = (faultline: FaultlineOptions): Target => ({
  name: 'faultline',
  start: async (options, signal) => {
    const databaseUrl = await createDatabase(faultline.serverUrl, databaseName(options.runId, options.scenario));
    const fleet = createFleet(faultline, options, databaseUrl);
    try {
      await startAll(fleet, options.processes, signal);
    } catch (error) {
      await stopAll(fleet);
      throw error;
    }
    return runningTarget(fleet, databaseUrl);
  },
});

const slot = (role: ProcessRole, index: number): string => `${role} ${index}`;

const createFleet = (faultline: FaultlineOptions, options: StartOptions, databaseUrl: string): Fleet => {
  const running = new Map<string, SystemProcess>();
  const start: Fleet['start'] = async (role, index, port, signal) => {
    const environment = processEnvironment({ options, role, databaseUrl, port, faultyHandlerPath });
    const { systemFolder, registry, clock } = faultline;
    const place = { systemFolder, registry, logFolder: options.logFolder, now: clock.now };
    const started = await startSystemProcess({ role, index, environment, ...place, ...(signal === undefined ? {} : { signal }) });
    running.set(slot(role, index), started);
    return started;
  };
  return { running, start };
};

/** The first ingest process takes any free port; the others share it. Everything else starts beside it. */
const startAll = async (fleet: Fleet, processes: StartOptions['processes'], signal: AbortSignal): Promise<void> => {
  const several = (role: ProcessRole, from: number, port: number) =>
    Array.from({ length: Math.max(0, processes[role] - from) }, (_, index) => fleet.start(role, from + index, port, signal));
  const ingest = fleet.start('ingest', 0, 0, signal).then((first) => Promise.all(several('ingest', 1, portOf(first))));
  await settled([ingest, ...several('worker', 0, 0), ...several('query', 0, 0)]);
};

/** Waits for all of them, so that none is still starting when the first failure is told. */
const settled = async (promises: readonly Promise<unknown>[]): Promise<void> => {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

const portOf = ({ target }: SystemProcess): number => Number(new URL(target.address).port);

const stopAll = async ({ running }: Fleet): Promise<void> => {
  await settled([...running.values()].map(({ spawned }) => spawned.stop()));
};

const runningTarget = (fleet: Fleet, databaseUrl: string): RunningTarget => {
  const pool = openPool(databaseUrl);
  return {
    ingestUrl: addressOf(fleet, 'ingest'),
    queryUrl: addressOf(fleet, 'query'),
    databaseUrl,
    processes: () => [...fleet.running.values()].map(({ target }) => target),
    restart: async (role, index) => (await restart(fleet, role, index)).target,
    pending: () => pendingIn(pool),
    lag: () => lagIn(pool),
    readAsUser: () => readStatus(addressOf(fleet, 'query')),
    readKey: (question, signal) => readKey(addressOf(fleet, 'query'), question, signal),
    books: () => booksIn(pool),
    readBack: () => readBack(pool),
    query: (sql, values) => ask(pool, sql, values),
    lockReadModel: () => lockReadModel(pool),
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await stopAll(fleet);
    },
  };
};

const addressOf = ({ running }: Fleet, role: ProcessRole): string => running.get(slot(role, 0))?.target.address ?? '';

/** An ingest process comes back on the port that clients know. */
const restart = async (fleet: Fleet, role: ProcessRole, index: number): Promise<SystemProcess> => {
  const before = fleet.running.get(slot(role, index));
  if (before === undefined) throw new HarnessError('FL_TARGET_FAILED', `${role} ${index} never ran, so it can't be started again`);
  await before.target.exited;
  return fleet.start(role, index, role === 'ingest' ? portOf(before) : 0);
};

const ask = async <Row extends Record<string, unknown>>(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> => {
  try {
    return (await pool.query<Row>(sql, [...values])).rows;
  } catch (error) {
    throw new HarnessError('FL_DATABASE_FAILED', `the database did not answer "${sql.slice(0, 60)}…": ${explain(error)}`, { cause: error });
  }
};
