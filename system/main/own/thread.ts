// The entry of a handler thread of a team's own processor: wires its module to PostgreSQL. One connection of its own.
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../contract/message-of.ts';
import type { ProcessorDefinition } from '../../processor/define-processor.ts';
import { createCachedRegistry } from '../../schemas/cached-registry.ts';
import { createLaneStore } from '../../storage/postgres/lane-store.ts';
import { loadRegistry } from '../../storage/postgres/load-registry.ts';
import { asQueryable, createSession } from '../../storage/postgres/session.ts';
import { createPostgresStreamReader } from '../../stream/postgres/reader.ts';
import type { ThreadData } from '../../workers/handler-thread.ts';
import { createOwnProcessor } from '../../workers/own-processor.ts';
import { progressWriter } from '../../workers/progress.ts';
import { serveThread } from '../../workers/serve-thread.ts';
import type { RetryPolicy } from '../../workers/settlement.ts';
import { describeProcessor } from './describe.ts';
import { loadModule } from './load-module.ts';

export type OwnThreadSettings = {
  readonly databaseUrl: string;
  readonly leaseMs: number;
  /** The worker's service.instance.id. */
  readonly worker: string;
  /** application_name, to which the thread's own name is added. */
  readonly connectionName: string;
  readonly file: string;
  readonly name: string;
  readonly version: number;
  readonly installation: string;
  readonly takesNumbers: boolean;
  readonly policy: RetryPolicy;
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly schemaCacheMs: number;
};

const { settings, progress: buffer, name } = workerData as ThreadData<OwnThreadSettings>;
const port = parentPort!;
const nowMs = () => Date.now();

const load = async (): Promise<ProcessorDefinition> => {
  const exported = await loadModule(settings.file);
  const { name: given, version } = describeProcessor(settings.file, exported);
  if (given === settings.name && version === settings.version) return exported as ProcessorDefinition;
  throw new Error(
    `${settings.file} is ${given}/${version} by now, and was ${settings.name}/${settings.version} at the start: start the worker again.`,
  );
};

/** While the database is waited for, and this thread's loop still turns, the handler is not stuck. A loop that does not turn says nothing. */
const watchWaits = (stillWaiting: () => void) => {
  let waiting = 0;
  setInterval(
    () => {
      if (waiting > 0) stillWaiting();
    },
    Math.max(5, settings.deadlineMs / 4),
  ).unref();
  return (isWaiting: boolean) => void (waiting += isWaiting ? 1 : -1);
};

try {
  const definition = await load();
  const session = createSession({
    databaseUrl: settings.databaseUrl,
    name: `${settings.connectionName}-${name}`,
    leaseMs: settings.leaseMs,
  });
  await session.client().catch(() => {});
  const progress = progressWriter(buffer);
  const schemas = createCachedRegistry({
    load: (known) => loadRegistry(asQueryable(session), known),
    lifeMs: settings.schemaCacheMs,
    nowMs: () => performance.now(),
    // The work that comes next needs the database too, and tells.
    onFailure: () => {},
  });
  const processor = createOwnProcessor({
    definition,
    policy: settings.policy,
    installation: settings.installation,
    takesNumbers: settings.takesNumbers,
    schemas: schemas.current,
    nowMs,
    waiting: watchWaits(progress.waits),
  });
  serveThread(port, {
    processorOf: async () => {
      // Before each task, while no transaction is open.
      await schemas.refresh();
      return processor;
    },
    stream: createPostgresStreamReader(asQueryable(session)),
    store: createLaneStore(session, settings.worker),
    progress,
    policy: processor.own.policy,
    maxBytes: settings.maxBytes,
    nowMs,
    turn: null,
  });
} catch (error) {
  port.postMessage({ type: 'unusable', message: messageOf(error) });
}
