// The entry of the thread in process `query` that imports: it reads, checks and appends lines of files on connections of its own, so that neither the event loop
// that answers reads nor that of an ingest process does it.
import { randomFillSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../contract/message-of.ts';
import { isSystemError } from '../contract/system-error.ts';
import { createTimeOrderedIdentities } from '../ingest/identity.ts';
import { createImportRunner } from '../recovery/import/import-runner.ts';
import { createThrottle } from '../recovery/import/throttle.ts';
import { createEventIdentities } from '../storage/postgres/event-identities.ts';
import { createImportLedger } from '../storage/postgres/import-ledger.ts';
import { createWriterPool } from '../stream/postgres/writer-pool.ts';
import type { ImportThreadData, ThreadAnswer, ThreadRequest } from './imports/thread-protocol.ts';

const { databaseUrl, connectionName, laneCount, diskBudgetBytes, lagBudgetMs, commitBudgetMs } = workerData as ImportThreadData;
const port = parentPort!;
const say = (answer: ThreadAnswer): void => port.postMessage(answer);
const tell = (error: unknown): void => say({ kind: 'trouble', message: messageOf(error) });

const commitTimeoutMs = 10_000;
/** What the server ended is told of by the server. */
const answerWithinMs = commitTimeoutMs + 1000;

const pool = createWriterPool({
  databaseUrl,
  applicationName: connectionName,
  flushers: 1,
  commitTimeoutMs,
  answerWithinMs,
  onError: tell,
});
const runner = createImportRunner({
  ledger: createImportLedger({ pool, identities: createEventIdentities(pool, databaseUrl, tell), laneCount }),
  throttle: createThrottle({ lagBudgetMs, commitBudgetMs, nowMs: () => performance.now() }),
  clock: { nowMs: () => Date.now(), sleep: (delayMs) => wait(delayMs) },
  newIdentity: createTimeOrderedIdentities(randomFillSync),
  diskBudgetBytes,
  onTrouble: tell,
});

const settle = async ({ request, tenant, name, fromLine, bytes }: ThreadRequest): Promise<void> => {
  try {
    say({ kind: 'settled', request, end: await runner.settle({ tenant, name, fromLine, bytes: Buffer.from(bytes) }) });
  } catch (error) {
    const code = isSystemError(error) ? error.code : null;
    say({ kind: 'failed', request, code, message: messageOf(error) });
  }
};

port.on('message', (request: ThreadRequest) => void settle(request));
