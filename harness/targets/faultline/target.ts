// faultline itself as a target: fresh processes and a fresh database for each start, spoken to as any client would.
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import type { Clock } from '../../engine/clock.ts';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { ConsumerDoor } from '../../scenario/consumers.ts';
import type { ProcessRole } from '../../scenario/scenario.ts';
import { spawnProcess } from '../../stack/processes.ts';
import type { ProcessRegistry } from '../../stack/process-registry.ts';
import { createSlots, type Slots } from '../../stack/slots.ts';
import type { UdpLinkHandle } from '../../network/start-network.ts';
import type { DatagramLinkOf, DatagramsSeen, ImportClient, RunningTarget, SmallDisk, StartOptions, Target } from '../target.ts';
import { badReleaseFailure } from './bad-release-failure.ts';
import { booksIn } from './books.ts';
import { createDatabase, databaseName, dropDatabase, openPool } from '../database.ts';
import { datagramsSeenBy, pendingDatagrams } from './datagram-counts.ts';
import { processEnvironment } from './environment.ts';
import { registerSchemas } from './register-schemas.ts';
import { type Links, openLinks } from './links.ts';
import { lockReadModel } from './lock-read-model.ts';
import { makeTenants } from './make-tenants.ts';
import { lagIn, pendingIn } from './pending.ts';
import { operatorAt } from './operator-access.ts';
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
  readonly slots: Slots;
  start(role: ProcessRole, index: number, start: StartOf): Promise<SystemProcess>;
};

type StartOf = {
  readonly port: number;
  /** 0: any free one. */
  readonly datagramPort?: number;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
};

const badReleasePath = fileURLToPath(new URL(`./bad-release-handler${extname(import.meta.url)}`, import.meta.url));
const slowHandlerPath = fileURLToPath(new URL(`./slow-handler${extname(import.meta.url)}`, import.meta.url));
const versionedHandlerPath = fileURLToPath(new URL(`./versioned-handler${extname(import.meta.url)}`, import.meta.url));
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
    const wanted = { links: options.links, datagrams: options.datagrams === 'door-behind-proxy' };
    const links = undo.use(await openLinks(wanted, databaseUrl, { logFolder: options.logFolder, registry, signal }));
    const fleet = createFleet(faultline, options, links);
    undo.defer(() => stopAll(fleet));
    if (options.schemas === true) await startWithSchemas(fleet, signal);
    await startAll(fleet, options.processes, signal);
    const ingestUrl = await links.openIngest(addressOf(fleet, 'ingest'));
    const datagrams = await openDatagrams(fleet, links);
    const credentials =
      options.tenants === undefined
        ? null
        : await makeTenants(options.tenants, { systemFolder: faultline.systemFolder, databaseUrl, signal });
    const startClient = importClients(faultline, options);
    const whole = undo.move();
    const { systemFolder } = faultline;
    return runningTarget({ systemFolder, fleet, credentials, links, datagrams, ingestUrl, databaseUrl, server, disk, startClient, whole });
  },
});

const slot = (role: ProcessRole, index: number): string => `${role} ${index}`;

const createFleet = (faultline: FaultlineOptions, options: StartOptions, links: Links): Fleet => {
  const running = new Map<string, SystemProcess>();
  const start: Fleet['start'] = async (role, index, { port, datagramPort: wantedPort = 0, signal, environment: beside = {} }) => {
    const datagramPort = (options.datagrams ?? 'none') === 'none' ? null : wantedPort;
    const databaseUrl = links.databaseUrlFor(role);
    const environment = {
      ...processEnvironment({
        options,
        role,
        databaseUrl,
        port,
        datagramPort,
        faultyHandlerPath,
        versionedHandlerPath,
        slowHandlerPath,
        teamProcessorPath,
      }),
      ...beside,
    };
    const { systemFolder, registry, clock } = faultline;
    const place = { systemFolder, registry, logFolder: options.logFolder, now: clock.now };
    const started = await startSystemProcess({ role, index, environment, ...place, ...(signal === undefined ? {} : { signal }) });
    running.set(slot(role, index), started);
    return started;
  };
  return { running, slots: createSlots(faultline.clock), start };
};

/** Whoever judges by schemas reads the registry at its start: there they are by then, and none has an older copy. */
const startWithSchemas = async (fleet: Fleet, signal: AbortSignal): Promise<void> => {
  await fleet.start('query', 0, { port: 0, signal });
  await registerSchemas(addressOf(fleet, 'query'), signal);
};

/** The first ingest process takes any free port; the others share it. Everything else starts beside it. */
const startAll = async (fleet: Fleet, processes: StartOptions['processes'], signal: AbortSignal): Promise<void> => {
  const several = (role: ProcessRole, from: number, ports: Pick<StartOf, 'port' | 'datagramPort'>) =>
    Array.from({ length: Math.max(0, processes[role] - from) }, (_, index) => from + index)
      .filter((index) => !fleet.running.has(slot(role, index)))
      .map((index) => fleet.start(role, index, { ...ports, signal }));
  const ingest = fleet.start('ingest', 0, { port: 0, signal }).then((first) => Promise.all(several('ingest', 1, portsOf(first))));
  await settled([ingest, ...several('worker', 0, { port: 0 }), ...several('query', 0, { port: 0 })]);
};

/** Waits for all of them, so that none is still starting when the first failure is told. */
const settled = async (promises: readonly Promise<unknown>[]): Promise<void> => {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};

const portOf = ({ target }: SystemProcess): number => Number(new URL(target.address).port);
/** Those of a process that another takes over, or shares. */
const portsOf = (process: SystemProcess): Pick<StartOf, 'port' | 'datagramPort'> => ({
  port: portOf(process),
  ...(process.datagrams === null ? {} : { datagramPort: process.datagrams.port }),
});

const stopAll = async ({ running }: Fleet): Promise<void> => {
  await settled([...running.values()].map(({ spawned }) => spawned.stop()));
};

type Started = {
  readonly systemFolder: string;
  readonly fleet: Fleet;
  readonly credentials: RunningTarget['credentials'] | null;
  readonly links: Links;
  readonly datagrams: OpenDatagrams | null;
  readonly ingestUrl: string;
  readonly databaseUrl: string;
  readonly server: FaultlineOptions['server'];
  readonly disk: SmallDisk | null;
  readonly startClient: ReturnType<typeof importClients>;
  /** Ends it all. */
  readonly whole: AsyncDisposable;
};

/** The system's own command line, as an operator runs it. */
const importClients =
  ({ systemFolder, registry }: FaultlineOptions, { logFolder }: StartOptions) =>
  (queryUrl: string, words: readonly string[]): Promise<ImportClient> =>
    spawnProcess({
      command: process.execPath,
      args: [join(systemFolder, 'main', `ops${extname(import.meta.url)}`), '--url', queryUrl, ...words],
      role: 'ops',
      logFile: join(logFolder, 'ops.log'),
      registry,
    });

const runningTarget = (started: Started): RunningTarget => {
  const { systemFolder, fleet, credentials, links, datagrams, ingestUrl, databaseUrl, server, disk, startClient, whole } = started;
  const pool = openPool(databaseUrl);
  return {
    ingestUrl,
    queryUrl: addressOf(fleet, 'query'),
    databaseUrl,
    ...(credentials === null || credentials === undefined ? {} : { credentials }),
    processes: () => [...fleet.running.values()].map(({ target }) => target),
    restart: async (role, index, environment = {}) => (await restart(fleet, role, index, environment)).target,
    links: () => links.all,
    ...(datagrams === null ? {} : { datagrams: { host: '127.0.0.1', port: datagrams.port } }),
    datagramLinks: () => datagramLinksOf(datagrams),
    helpers: () => [
      ...(links.pid === null ? [] : [{ role: 'network', pid: links.pid }]),
      // The first one is listed by whoever started it.
      ...(server.pid() === server.launcherPid ? [] : [{ role: 'postgres', pid: server.pid(), withChildren: true }]),
    ],
    databaseServer: server,
    importFile: ({ file, name, ratePerSecond }) =>
      startClient(addressOf(fleet, 'query'), [
        'import',
        file,
        '--name',
        name,
        '--rate',
        String(ratePerSecond),
        '--by',
        'harness',
        '--why',
        'a run',
      ]),
    operator: operatorAt(addressOf(fleet, 'query')),
    badRelease: { environment: { FAULTLINE_TIMELINE_HANDLER: badReleasePath }, failsWith: badReleaseFailure },
    ...(disk === null ? {} : { smallDisk: disk }),
    pending: async () => [...(await pendingIn(pool)), ...(datagrams === null ? [] : await pendingDatagrams(pool, doorsOf(fleet)))],
    lag: () => lagIn(pool),
    readAsUser: () => readStatus(addressOf(fleet, 'query'), Object.values(credentials ?? {})[0]),
    readKey: (question, signal) => readKey(addressOf(fleet, 'query'), question, signal, credentials?.[question.systemName]),
    consumerProgram: (door) => ({ args: consumerPrograms(systemFolder)[door], urls: addressesOf(fleet, 'query') }),
    books: () => booksIn(pool),
    readBack: () => readBack(pool, datagrams?.proxy ?? null),
    query: (sql, values) => ask(pool, sql, values),
    lockReadModel: () => lockReadModel(pool),
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await whole[Symbol.asyncDispose]();
    },
  };
};

type OpenDatagrams = { readonly port: number; readonly proxy: UdpLinkHandle | null; readonly seen: () => Promise<DatagramsSeen> };

/** null: no door was asked for. Counts are those of the first process. */
const openDatagrams = async ({ running }: Fleet, links: Links): Promise<OpenDatagrams | null> => {
  const door = () => running.get(slot('ingest', 0))?.datagrams ?? null;
  const opened = door();
  if (opened === null) return null;
  const proxy = await links.openDatagrams(opened.port);
  return { port: proxy?.port ?? opened.port, proxy, seen: () => datagramsSeenBy(door()?.admin ?? opened.admin) };
};

const datagramLinksOf = (datagrams: OpenDatagrams | null): readonly DatagramLinkOf[] =>
  datagrams === null || datagrams.proxy === null ? [] : [{ name: 'driver-ingest-udp', proxy: datagrams.proxy, seen: datagrams.seen }];

const doorsOf = ({ running }: Fleet): ReadonlyMap<string, string> =>
  new Map(
    [...running.values()].flatMap(({ target, datagrams }) => (datagrams === null ? [] : [[target.instance, datagrams.admin] as const])),
  );

/** In the order of their indexes, whichever was ready first. */
const addressesOf = ({ running }: Fleet, role: ProcessRole): readonly string[] =>
  [...running.values()]
    .map(({ target }) => target)
    .filter((process) => process.role === role)
    .toSorted((left, right) => left.index - right.index)
    .map(({ address }) => address);

const addressOf = ({ running }: Fleet, role: ProcessRole): string => running.get(slot(role, 0))?.target.address ?? '';

const handPath = fileURLToPath(new URL(`./consumers/by-hand${extname(import.meta.url)}`, import.meta.url));
const clientPath = fileURLToPath(new URL(`./consumers/by-client${extname(import.meta.url)}`, import.meta.url));

const consumerPrograms = (systemFolder: string): Readonly<Record<ConsumerDoor, readonly string[]>> => ({
  client: [clientPath, join(systemFolder, 'client', `client${extname(import.meta.url)}`)],
  stream: [handPath],
});

/** A process that clients ask comes back on the port that they know. */
const restart = async (
  fleet: Fleet,
  role: ProcessRole,
  index: number,
  environment: Readonly<Record<string, string>>,
): Promise<SystemProcess> => {
  const before = fleet.running.get(slot(role, index));
  if (before === undefined) throw new HarnessError('FL_TARGET_FAILED', `${role} ${index} never ran, so it can't be started again`);
  const ports = role === 'worker' ? { port: 0 } : portsOf(before);
  return fleet.slots.fill(slot(role, index), before.target, () => fleet.start(role, index, { ...ports, environment }));
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
