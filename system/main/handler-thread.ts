// The entry of a handler thread of process `worker`: wires the timelines processor and its user code to PostgreSQL. One connection of its own.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { createLaneStore } from '../storage/postgres/lane-store.ts';
import { asQueryable, createSession } from '../storage/postgres/session.ts';
import { createTimelines } from '../storage/postgres/timelines.ts';
import { createPostgresStreamReader } from '../stream/postgres/reader.ts';
import type { ThreadData } from '../workers/handler-thread.ts';
import type { TimelineHandler } from '../workers/processor.ts';
import { progressWriter } from '../workers/progress.ts';
import { serveThread } from '../workers/serve-thread.ts';
import type { HandlerThreadSettings } from './handler-thread-settings.ts';

const { settings, progress, name } = workerData as ThreadData<HandlerThreadSettings>;
const port = parentPort!;

const loadHandler = async (path: string | null): Promise<TimelineHandler> => {
  const module = path === null ? await import('../workers/built-in-timeline-handler.ts') : await import(pathToFileURL(path).href);
  const { handle } = module as { handle?: unknown };
  if (typeof handle === 'function') return handle as TimelineHandler;
  throw new TypeError(`${path} exports no function \`handle\`.`);
};

try {
  const handler = await loadHandler(settings.timelineHandler);
  const session = createSession({
    databaseUrl: settings.databaseUrl,
    name: `${settings.connectionName}-${name}`,
    leaseMs: settings.leaseMs,
  });
  // Connected before the first task: a lane that gets this thread does not wait for it. Where it can't be now, the first task tries again.
  await session.client().catch(() => {});
  serveThread(port, {
    processor: createTimelines(handler),
    stream: createPostgresStreamReader(asQueryable(session)),
    store: createLaneStore(session, settings.worker),
    progress: progressWriter(progress),
    policy: settings.policy,
    maxBytes: settings.maxBytes,
    nowMs: () => Date.now(),
  });
} catch (error) {
  port.postMessage({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
}
