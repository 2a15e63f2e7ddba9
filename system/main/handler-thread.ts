// The entry of a handler thread of process `worker`: wires the timelines processor and its user code to PostgreSQL. One connection of its own.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../contract/message-of.ts';
import { createCachedRegistry } from '../schemas/cached-registry.ts';
import { createLaneStore } from '../storage/postgres/lane-store.ts';
import { loadRegistry } from '../storage/postgres/load-registry.ts';
import { asQueryable, createSession, type Session } from '../storage/postgres/session.ts';
import { createTimelines } from '../storage/postgres/timelines.ts';
import { createPostgresStreamReader } from '../stream/postgres/reader.ts';
import type { LaneId } from '../workers/checkpoint.ts';
import type { ThreadData } from '../workers/handler-thread.ts';
import type { TimelineHandler } from '../workers/processor.ts';
import { parseReads, type ReadVersion, withSchemas } from '../workers/with-schemas.ts';
import { createNeighbours } from '../workers/turns.ts';
import { progressWriter } from '../workers/progress.ts';
import { serveThread } from '../workers/serve-thread.ts';
import type { HandlerThreadSettings } from './handler-thread-settings.ts';

const { settings, progress, name } = workerData as ThreadData<HandlerThreadSettings>;
const port = parentPort!;
const monotonicMs = () => performance.now();

type HandlerModule = { readonly handler: TimelineHandler; readonly reads: readonly ReadVersion[] };

const loadHandler = async (path: string | null): Promise<HandlerModule> => {
  const module = path === null ? await import('../workers/built-in-timeline-handler.ts') : await import(pathToFileURL(path).href);
  const { handle, reads = [] } = module as { handle?: unknown; reads?: unknown };
  if (typeof handle === 'function') return { handler: handle as TimelineHandler, reads: parseReads(reads) };
  throw new TypeError(`${path} exports no function \`handle\`.`);
};

/** Which code a version runs never changes: asked once. */
const selectCode = 'select coalesce(code, version) as code from processors where processor = $1 and version = $2';

/** Modules are loaded at once: one that can't be used is found out before there is work for it. */
const loadProcessors = async (session: Session) => {
  const handlers = new Map<number, HandlerModule>();
  const schemas = createCachedRegistry({
    load: (known) => loadRegistry(asQueryable(session), known),
    lifeMs: settings.schemaCacheMs,
    nowMs: monotonicMs,
    // The work that comes next needs the database too, and tells.
    onFailure: () => {},
  });
  const make = ({ handler, reads }: HandlerModule, version?: number) =>
    withSchemas(version === undefined ? createTimelines(handler) : createTimelines(handler, version), schemas.current, reads);
  for (const { code, path } of settings.timelineHandlers) handlers.set(code, await loadHandler(path));
  const known = new Map([[1, make(handlers.get(1)!)]]);
  return async ({ processor, version }: LaneId) => {
    // Before each task, while no transaction is open.
    await schemas.refresh();
    const ready = known.get(version);
    if (ready !== undefined) return ready;
    const { rows } = await session.query<{ code: number }>({ text: selectCode, values: [processor, version] });
    const module = handlers.get(rows[0]?.code ?? version);
    if (module === undefined) throw new Error(`This worker has no code for ${processor}/${version}: see FAULTLINE_TIMELINE_HANDLERS.`);
    const made = make(module, version);
    known.set(version, made);
    return made;
  };
};

try {
  const session = createSession({
    databaseUrl: settings.databaseUrl,
    name: `${settings.connectionName}-${name}`,
    leaseMs: settings.leaseMs,
  });
  // Connected before the first task: a lane that gets this thread does not wait for it. Where it can't be now, the first task tries again.
  await session.client().catch(() => {});
  const processorOf = await loadProcessors(session);
  serveThread(port, {
    processorOf,
    stream: createPostgresStreamReader(asQueryable(session)),
    store: createLaneStore(session, settings.worker),
    progress: progressWriter(progress),
    policy: settings.policy,
    maxBytes: settings.maxBytes,
    nowMs: () => Date.now(),
    turn: settings.keyTurnMs === 0 ? null : { ms: settings.keyTurnMs, nowMs: monotonicMs, neighbours: createNeighbours(monotonicMs) },
  });
} catch (error) {
  port.postMessage({ type: 'unusable', message: messageOf(error) });
}
