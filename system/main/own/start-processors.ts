// Brings a team's own processors up in a worker: their tables and checkpoints first, then a thread for each.
import { extname } from 'node:path';
import type { Settings } from '../../contract/parse-settings.ts';
import { SystemError } from '../../contract/system-error.ts';
import { registerProcessors } from '../../storage/postgres/register-processors.ts';
import { startHandlerThread } from '../../workers/handler-thread.ts';
import { createSpareThreads, createThreadPool, type ThreadPool } from '../../workers/thread-pool.ts';
import { ownThreads } from '../connections.ts';
import { previousVersion, type ProcessorDescription } from './describe.ts';
import type { OwnThreadSettings } from './thread.ts';

export type OwnThreads = { readonly name: string; readonly version: number; readonly threads: ThreadPool };

export type OwnStart = { readonly settings: Settings; readonly worker: string; readonly connectionName: string };

/** Bodies that one read of a thread may bring. */
const maxReadBytes = 2 * 1024 * 1024;
const threadHeapMb = 64;

export const startOwnProcessors = async (
  all: readonly ProcessorDescription[],
  start: OwnStart,
  cleanUp: AsyncDisposableStack,
): Promise<readonly OwnThreads[]> => {
  if (all.length === 0) return [];
  const { settings, connectionName } = start;
  const { installation, takingNumbers } = await registerProcessors(all, {
    databaseUrl: settings.databaseUrl!,
    applicationName: `${connectionName}-register`.slice(0, 63),
    apply: settings.migrate,
    previousVersion,
  });
  return Promise.all(all.map((one) => startOne(one, { ...start, installation, takesNumbers: takingNumbers.has(one.name) }, cleanUp)));
};

/** One thread for its lanes and its park together, and a spare that is warm when that one is ended. */
const startOne = async (
  { name, version, file, deadlineMs }: ProcessorDescription,
  { settings, worker, connectionName, installation, takesNumbers }: OwnStart & Pick<OwnThreadSettings, 'installation' | 'takesNumbers'>,
  cleanUp: AsyncDisposableStack,
): Promise<OwnThreads> => {
  const deadline = deadlineMs ?? settings.handlerDeadlineMs;
  const threadSettings: OwnThreadSettings = {
    databaseUrl: settings.databaseUrl!,
    leaseMs: settings.leaseMs,
    worker,
    connectionName: `${connectionName}-${name}`,
    file,
    name,
    version,
    installation,
    takesNumbers,
    policy: { attempts: settings.handlerAttempts, retryMs: settings.handlerRetryMs },
    deadlineMs: deadline,
    maxBytes: maxReadBytes,
    schemaCacheMs: settings.schemaCacheMs,
  };
  const source = {
    entry: new URL(`./thread${extname(import.meta.url)}`, import.meta.url),
    settings: threadSettings,
    deadlineMs: deadline,
    resourceLimits: { maxOldGenerationSizeMb: threadHeapMb, maxYoungGenerationSizeMb: 8 },
  };
  const spares = cleanUp.use(createSpareThreads((thread) => startHandlerThread(source, thread)));
  try {
    return { name, version, threads: cleanUp.use(await createThreadPool(ownThreads, spares)) };
  } catch (cause) {
    throw new SystemError('FL_PROCESSOR_INVALID', `${file}: ${(cause as Error).message}`, { cause });
  }
};
