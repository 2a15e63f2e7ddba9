// faultline itself as a target: fresh processes and a fresh database for each start, spoken to as any client would.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import type { Clock } from '../../engine/clock.ts';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import type { RunningTarget, SmallDisk, StartOptions, Target } from '../target.ts';
import { booksIn } from './books.ts';
import { createDatabase, databaseName, dropDatabase, openPool } from '../database.ts';
import { processEnvironment } from './environment.ts';
import { type Links, openLinks } from './links.ts';
import { lockReadModel } from './lock-read-model.ts';
import { lagIn, pendingIn } from './pending.ts';
import type { PostgresServer } from './postgres-server.ts';
import { readBack } from './read-back.ts';
import { readKey } from './read-key.ts';
import { readStatus } from './read-status.ts';
import { openSmallDisk } from './small-disk.ts';
import { startSystemProcess, type SystemProcess } from './system-process.ts';

export type FaultlineOptions = {
  readonly systemFolder: string;
  /** The run's own; its URL names a database that is always there. */
  readonly server: Pick<PostgresServer, 'url' | 'pid' | 'serverPid' | 'launcherPid' | 'stop' | 'start'>;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
};

type Fleet = {
  readonly running: Map<string, SystemProcess>;
  start(role: ProcessRole, index: number, start: StartOf): Promise<SystemProcess>;
};

type StartOf = { readonly port: number; readonly signal?: AbortSignal; readonly environment?: Readonly<Record<string, string>> };

const badReleasePath = fileURLToPath(new URL(`./bad-release-handler${extname(import.meta.url)}`, import.meta.url));
const teamProcessorPath = fileURLToPath(new URL(`./team-processor${extname(import.meta.url)}`, import.meta.url));
const faultyHandlerPath = fileURLToPath(new URL(`./faulty-handler${extname(import.meta.url)}`, import.meta.url));

export const createFaultlineTarget = (faultline: FaultlineOptions): Target => ({
  name: 'faultline',
  start: async (options, signal) => {
    await using undo = new AsyncDisposableStack();
    const { server, registry } = faultline;
    const disk = options.smallDisk ? undo.use(await openSmallDisk({ server, registry })) : null;
    const databaseUrl = await createDatabase(server.url, databaseName(options.runId, options.scenario), disk?.tablespace);
    if (disk !== null) undo.defer(() => dropDatabase(server.url, databaseUrl));
    const links = undo.use(await openLinks(options.links, databaseUrl, { logFolder: options.logFolder, registry, signal }));
    const fleet = createFleet(faultline, options, links);
    undo.defer(() => stopAll(fleet));
    await startAll(fleet, options.processes, signal);
    const ingestUrl = await links.openIngest(addressOf(fleet, 'ingest'));
    return runningTarget({ fleet, links, ingestUrl, databaseUrl, server, disk, whole: undo.move() });
  },
});

const slot = (role: ProcessRole, index: number): string => `${role} ${index}`;

const createFleet = (faultline: FaultlineOptions, options: StartOptions, links: Links): Fleet => {
  const running = new Map<string, SystemProcess>();
  const start: Fleet['start'] = async (role, index, { port, signal, environment: beside = {} }) => {
    const databaseUrl = links.databaseUrlFor(role);
    const environment = { ...processEnvironment({ options, role, databaseUrl, port, faultyHandlerPath, teamProcessorPath }), ...beside };
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
    Array.from({ length: Math.max(0, processes[role] - from) }, (_, index) => fleet.start(role, from + index, { port, signal }));
  const ingest = fleet.start('ingest', 0, { port: 0, signal }).then((first) => Promise.all(several('ingest', 1, portOf(first))));
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

type Started = {
  readonly fleet: Fleet;
  readonly links: Links;
  readonly ingestUrl: string;
  readonly databaseUrl: string;
  readonly server: FaultlineOptions['server'];
  readonly disk: SmallDisk | null;
  /** Ends it all. */
  readonly whole: AsyncDisposable;
};

const runningTarget = ({ fleet, links, ingestUrl, databaseUrl, server, disk, whole }: Started): RunningTarget => {
  const pool = openPool(databaseUrl);
  return {
    ingestUrl,
    queryUrl: addressOf(fleet, 'query'),
    databaseUrl,
    processes: () => [...fleet.running.values()].map(({ target }) => target),
    restart: async (role, index, environment = {}) => (await restart(fleet, role, index, environment)).target,
    links: () => links.all,
    helpers: () => [
      ...(links.pid === null ? [] : [{ role: 'network', pid: links.pid }]),
      // The first one is listed by whoever started it.
      ...(server.pid() === server.launcherPid ? [] : [{ role: 'postgres', pid: server.pid(), withChildren: true }]),
    ],
    databaseServer: server,
    badRelease: { FAULTLINE_TIMELINE_HANDLER: badReleasePath },
    ...(disk === null ? {} : { smallDisk: disk }),
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
      await whole[Symbol.asyncDispose]();
    },
  };
};

const addressOf = ({ running }: Fleet, role: ProcessRole): string => running.get(slot(role, 0))?.target.address ?? '';

/** A process that clients ask comes back on the port that they know. */
const restart = async (
  fleet: Fleet,
  role: ProcessRole,
  index: number,
  environment: Readonly<Record<string, string>>,
): Promise<SystemProcess> => {
  const before = fleet.running.get(slot(role, index));
  if (before === undefined) throw new HarnessError('FL_TARGET_FAILED', `${role} ${index} never ran, so it can't be started again`);
  await before.target.exited;
  return fleet.start(role, index, { port: role === 'worker' ? 0 : portOf(before), environment });
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
