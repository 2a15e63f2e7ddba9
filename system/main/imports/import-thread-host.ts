// Process `query`'s side of the importing thread: started with the first slice, one slice at a time, a few that wait. A thread that dies fails what it had in
// hand and is started anew with the next slice; where the import stood is in its ledger.
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';
import type { ImportRunner, Slice, SliceEnd } from '../../recovery/import/import-runner.ts';
import { createMutex } from '../../workers/mutex.ts';
import type { ImportThreadData, ThreadAnswer, ThreadRequest } from './thread-protocol.ts';

export type ImportThreadOptions = {
  readonly data: ImportThreadData;
  readonly onTrouble: (message: string) => void;
  readonly nowMs: () => number;
  /** A test brings its own. */
  readonly open?: (data: ImportThreadData) => ImportThread;
};

export type ImportThread = Pick<Worker, 'on' | 'postMessage' | 'terminate' | 'unref'>;

export type ImportThreadHost = ImportRunner & AsyncDisposable & { readonly ratePerSecond: () => number };

/** Of two slices and all that is made of them. */
const heapMb = 192;

const rateKeptMs = 10_000;

const entry = new URL(`../import-thread${extname(import.meta.url)}`, import.meta.url);

const openThread = (data: ImportThreadData): ImportThread =>
  new Worker(entry, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: heapMb } });

/** A slice, and the thread that has it: the end of another one says nothing about it. */
type InHand = PromiseWithResolvers<SliceEnd> & { readonly by: ImportThread };

export const createImportThread = ({ data, onTrouble, nowMs, open = openThread }: ImportThreadOptions): ImportThreadHost => {
  const turn = createMutex();
  let thread: ImportThread | null = null;
  let inHand: InHand | null = null;
  let requests = 0;
  let last = { atMs: -Infinity, ratePerSecond: 0 };

  const start = (): ImportThread => {
    const started = open(data);
    const over = (why: string) => {
      if (thread === started) thread = null;
      if (inHand?.by === started) inHand.reject(new SystemError('FL_STREAM_COMMIT_UNKNOWN', `The importing thread ended: ${why}`));
    };
    started.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'trouble') return onTrouble(answer.message);
      if (answer.request !== requests) return;
      if (answer.kind === 'settled') inHand?.resolve(answer.end);
      else inHand?.reject(answer.code === null ? new Error(answer.message) : new SystemError(answer.code, answer.message));
    });
    started.on('error', (error) => over(messageOf(error)));
    started.on('exit', () => over('it was stopped'));
    started.unref();
    return started;
  };
  return {
    settle: async ({ tenant, name, fromLine, bytes }: Slice) => {
      using _turn = await turn.acquire();
      thread ??= start();
      requests += 1;
      inHand = { ...Promise.withResolvers<SliceEnd>(), by: thread };
      thread.postMessage({ request: requests, tenant, name, fromLine, bytes } satisfies ThreadRequest);
      try {
        const end = await inHand.promise;
        if (end.kind === 'settled') last = { atMs: nowMs(), ratePerSecond: end.rate_per_second };
        return end;
      } finally {
        inHand = null;
      }
    },
    ratePerSecond: () => (nowMs() - last.atMs < rateKeptMs ? last.ratePerSecond : 0),
    [Symbol.asyncDispose]: async () => {
      const running = thread;
      thread = null;
      await running?.terminate();
    },
  };
};
