// Process `worker`: leases lanes, runs the processors over them, and looks after what they could not apply. HTTP for its health alone.
import { extname } from 'node:path';
import { hostname } from 'node:os';
import { demandSettings, type Settings } from '../contract/parse-settings.ts';
import { SystemError } from '../contract/system-error.ts';
import { createDutiesStore } from '../storage/postgres/duties-store.ts';
import { createErasureStore } from '../storage/postgres/erasure/erasure-store.ts';
import { createEvents } from '../storage/postgres/events.ts';
import { createLeaseStore } from '../storage/postgres/lease-store.ts';
import { migrateOnce } from '../storage/postgres/migrate-once.ts';
import { createParkStore } from '../storage/postgres/park-store.ts';
import { createRebuildStore } from '../storage/postgres/rebuild-store.ts';
import { createRangeStore } from '../storage/postgres/range-store.ts';
import { createRecoveryStore } from '../storage/postgres/recovery-store.ts';
import { createReplayLimitStore } from '../storage/postgres/replay-limit-store.ts';
import { asQueryable, createSession, type Session } from '../storage/postgres/session.ts';
import { createSessionPool } from '../storage/postgres/session-pool.ts';
import { createPostgresStreamReader } from '../stream/postgres/reader.ts';
import { prepareAccounting, type StartAccounting } from '../telemetry/accounting.ts';
import { collectPool, collectProcess } from '../telemetry/collectors.ts';
import { startTelemetry, type Telemetry } from '../telemetry/start-telemetry.ts';
import { parseTelemetrySettings } from '../telemetry/telemetry-settings.ts';
import { startDuties } from '../workers/duties.ts';
import { startHandlerThread } from '../workers/handler-thread.ts';
import { collectWorkers, type WorkerTelemetry } from '../workers/telemetry.ts';
import { createLazyThreadPool, createSpareThreads, createThreadPool, type SpareThreads } from '../workers/thread-pool.ts';
import { systemWorkerClock } from '../workers/worker-clock.ts';
import { startWorker, type RunningWorker, type WorkerOptions } from '../workers/worker.ts';
import { parkThreads, rebuildThreads, turnSessions, type WorkerSession } from './connections.ts';
import type { HandlerThreadSettings } from './handler-thread-settings.ts';
import { loadProcessors } from './own/load-processors.ts';
import { startOwnProcessors, type OwnThreads } from './own/start-processors.ts';
import { applicationName, createInstance, type Running, runProcess } from './process-life.ts';
import { parseTimelineHandlers, type TimelineCode } from './timeline-handlers.ts';
import { startHealthServer } from './worker-health.ts';

const role = 'worker';
const instance = createInstance(role);
const clock = systemWorkerClock;

/** Bodies that one read of a thread may bring; several copies of each may be alive at a time. */
const maxReadBytes = 2 * 1024 * 1024;
/** Of one thread; the process has handler threads, a spare, one for the park once something is in it, and one more once a version is built. */
const threadHeapMb = 64;

const start = async (settings: Settings): Promise<Running> => {
  await using cleanUp = new AsyncDisposableStack();
  const environment = process.env;
  const options = { process: role, instance, environment, tracesPerSecond: settings.traceSampleRate };
  const telemetry = { ...(await startTelemetry(options)), startAccounting: await prepareAccounting(environment) };
  cleanUp.defer(() => telemetry.shutdown());
  collectProcess(telemetry.instruments);
  const codes = parseTimelineHandlers(settings.timelineHandler, settings.timelineHandlers);
  const own = await loadProcessors(settings.processors, { leaseMs: settings.leaseMs, deadlineMs: settings.handlerDeadlineMs });
  // Side by side: threads take longest to start, and need no table yet.
  const [{ laneCount }, threads] = await allOrFirstFailure([
    migrateOnce(settings.databaseUrl!, applicationName(role, instance, 'migrate'), { lanes: settings.lanes, apply: settings.migrate }),
    startThreads(settings, codes, cleanUp),
  ]);
  const ownThreads = await startOwnProcessors(
    own,
    { settings, worker: instance, connectionName: applicationName(role, instance) },
    cleanUp,
  );
  const running = startOne(settings, codes, telemetry, { ...threads, own: ownThreads }, cleanUp);
  cleanUp.defer(() => running.stop());
  const health = cleanUp.use(
    await startHealthServer({
      host: settings.host,
      port: settings.port,
      notReady: () => notReady(running),
      describe: () => ({ lanes: running.held().length }),
    }),
  );
  const owned = cleanUp.move();
  return {
    attributes: { address: health.address, lanes: laneCount },
    stop: () => Promise.race([owned.disposeAsync(), clock.sleep(longestStopMs)]),
  };
};

/** Waits for both, so that nothing is still being made while what was made is cleaned up; the first failure is the one to tell. */
const allOrFirstFailure = async <One, Other>(both: readonly [Promise<One>, Promise<Other>]): Promise<[One, Other]> => {
  await Promise.allSettled(both);
  return Promise.all(both);
};

/**
 * A stop ends, whatever still waits for a database that does not answer: an open transaction rolls back, and leases that were not given back run out.
 */
const longestStopMs = 20_000;

/** Without an answer of the database for this long it is out of reach. */
const outOfReachMs = 3000;

const notReady = (running: RunningWorker): string | null => {
  const last = running.lastSeenAtMs();
  if (last === 0) return 'The database has not answered yet.';
  const silentMs = clock.nowMs() - last;
  return silentMs < outOfReachMs ? null : `The database has not answered for ${Math.round(silentMs / 1000)} s.`;
};

const startThreads = async (settings: Settings, timelineHandlers: readonly TimelineCode[], cleanUp: AsyncDisposableStack) => {
  const threadSettings: HandlerThreadSettings = {
    databaseUrl: settings.databaseUrl!,
    leaseMs: settings.leaseMs,
    worker: instance,
    connectionName: applicationName(role, instance),
    timelineHandlers,
    policy: { attempts: settings.handlerAttempts, retryMs: settings.handlerRetryMs },
    maxBytes: maxReadBytes,
    schemaCacheMs: settings.schemaCacheMs,
    keyTurnMs: settings.keyTurnMs,
  };
  const source = {
    entry: new URL(`./handler-thread${extname(import.meta.url)}`, import.meta.url),
    settings: threadSettings,
    deadlineMs: settings.handlerDeadlineMs,
    resourceLimits: { maxOldGenerationSizeMb: threadHeapMb, maxYoungGenerationSizeMb: 8 },
  };
  const spares = cleanUp.use(createSpareThreads((name) => startHandlerThread(source, name)));
  return {
    live: cleanUp.use(await firstThreads(settings, spares)),
    park: cleanUp.use(createLazyThreadPool(parkThreads, spares)),
    rebuild: cleanUp.use(createLazyThreadPool(rebuildThreads, spares)),
  };
};

/** The first threads find out whether the user's module can be used at all. */
const firstThreads = async (settings: Settings, spares: SpareThreads) => {
  try {
    return await createThreadPool(settings.workerThreads, spares);
  } catch (cause) {
    const { timelineHandler: first, timelineHandlers: later } = settings;
    if (first === null && later === null) throw cause;
    const named = [
      ...(first === null ? [] : [`FAULTLINE_TIMELINE_HANDLER is '${first}'`]),
      ...(later === null ? [] : [`FAULTLINE_TIMELINE_HANDLERS is '${later}'`]),
    ];
    const message = `${named.join(', ')}, which can't be used: ${(cause as Error).message}`;
    throw new SystemError('FL_SETTINGS_INVALID', message, { cause });
  }
};

/** Its own telemetry, and that of the books, where it is the one elected worker. */
type WorkerExports = Telemetry & { readonly startAccounting: StartAccounting };

type Threads = Awaited<ReturnType<typeof startThreads>> & { readonly own: readonly OwnThreads[] };

const startOne = (
  settings: Settings,
  codes: readonly TimelineCode[],
  telemetry: WorkerExports,
  threads: Threads,
  cleanUp: AsyncDisposableStack,
): RunningWorker => {
  const session = (part: WorkerSession) =>
    cleanUp.use(
      createSession({ databaseUrl: settings.databaseUrl!, name: applicationName(role, instance, part), leaseMs: settings.leaseMs }),
    );
  const renewals = session('renewals');
  const ranges = createSessionPool([session('events-0'), session('events-1')]);
  const parkSessions = createSessionPool([session('park')]);
  collectPool(telemetry.instruments, 'events', ranges);
  collectPool(telemetry.instruments, 'park', parkSessions);
  const events = createEvents();
  const collected = collectWorkers(
    { instruments: telemetry.instruments, tracer: telemetry.tracer('faultline.workers'), logger: telemetry.logger },
    ['events', 'timelines', ...threads.own.map(({ name }) => name)],
  );
  const runs = threads.own.map(({ name, version }) => ({ processor: name, version }));
  const named = [...codes.map(({ code }) => `timelines/${code}`), ...runs.map(({ processor, version }) => `${processor}/${version}`)];
  const host = { worker: instance, host: hostname(), pid: process.pid, codes: named, leaseMs: settings.leaseMs, runs };
  telemetry.announce();
  return startWorker({
    worker: instance,
    settings: {
      leaseMs: settings.leaseMs,
      batchEvents: settings.workerBatchEvents,
      maxEventsPerSecond: settings.workerMaxRate,
      bounds: {
        pendingEvents: settings.pendingLimitEvents,
        parkEvents: settings.parkLimitEvents,
        pendingPolicy: settings.pendingPolicy as 'wait' | 'skip' | 'stop',
      },
      pendingLimitSeconds: settings.pendingLimitSeconds,
      freshnessBudgetMs: settings.freshnessBudgetMs,
    },
    unordered: [events],
    stream: createPostgresStreamReader(asQueryable(session('heads'))),
    leases: createLeaseStore({ session: session('leases'), renewals, ...host }),
    ranges: createRangeStore(ranges, instance),
    park: createParkStore(parkSessions, (processor) => processor !== events.name),
    replays: createReplayLimitStore(session('limits')),
    recoveries: createRecoveryStore(parkSessions, instance),
    erasures: createErasureStore(parkSessions),
    threads: threads.live,
    parkThreads: threads.park,
    own: threads.own,
    rebuilds: createRebuildStore(session('rebuilds')),
    rebuildThreads: threads.rebuild,
    startDuties: prepareDuties(settings, telemetry, collected, session),
    telemetry: collected,
    clock,
    random: Math.random,
  });
};

const prepareDuties = (
  settings: Settings,
  telemetry: WorkerExports,
  collected: WorkerTelemetry,
  session: (part: WorkerSession) => Session,
): WorkerOptions['startDuties'] => {
  const turns = createSessionPool(turnSessions.map(session));
  const alone = { comparisons: createSessionPool([session('compare')]), effects: session('effects'), indexes: session('index') };
  return (tenure, lease) =>
    startDuties({
      ...dutiesOf(settings, telemetry),
      tenure,
      store: createDutiesStore(turns, { worker: instance, keepDays: settings.retentionDays, sleep, ...alone }),
      clock,
      logger: telemetry.logger,
      telemetry: collected,
      ...lease,
    });
};

const dutiesOf = (settings: Settings, { exportFailures: failures, startAccounting }: WorkerExports) => ({
  startExport: (booksStartedAtMs: number) => startAccounting({ booksStartedAtMs, failures }),
  exportIntervalMs: parseTelemetrySettings(process.env).exportIntervalMs,
  leaseMs: settings.leaseMs,
  dedupeWindowHours: settings.dedupeWindowHours,
  dedupeRowBound: settings.dedupeRowBound,
  retention: retentionOf(settings),
});

const sleep = (delayMs: number): Promise<unknown> => clock.sleep(delayMs);

const retentionOf = ({ retentionDays: keepDays, retentionConsumers: consumers }: Settings) => ({
  keepDays,
  consumers: consumers as 'wait' | 'drop',
});

await runProcess({
  process: role,
  instance,
  start: (life) => {
    const settings = demandSettings(role, process.env);
    if (settings.exitWithParent) life.exitWithParent();
    return start(settings);
  },
});
