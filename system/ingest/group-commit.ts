// Many requests, few commits: a byte-bounded queue before several flushers, each with lanes of its own, so that they rarely meet in the database.
import type { AppendRequest, StreamWriter } from '../stream/stream.ts';
import { commitBatch, type CommitOutcome } from './commit-batch.ts';
import { createFlusher, type FlushLimits } from './flusher.ts';
import { refuse } from './refusal.ts';
import type { Scheduler } from './scheduler.ts';

export type GroupCommitOptions = FlushLimits & {
  readonly writer: StreamWriter;
  readonly laneOf: (request: AppendRequest) => number;
  readonly flushers: number;
  readonly queueLimitBytes: number;
  readonly commitTimeoutMs: number;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly onFlush: (seconds: number, events: number) => void;
  readonly onFailure: (error: unknown, events: number) => void;
  readonly onCommit: () => void;
};

export type GroupCommit = {
  /** Never rejects. `overloaded` at once where the queue is full: nothing was stored. */
  submit(request: AppendRequest): Promise<CommitOutcome>;
  readonly queueBytes: () => number;
  /** Commits what waits and resolves when nothing does. The caller stops submitting first. */
  readonly drain: () => Promise<void>;
};

/** What a waiting request costs beside its body, about. */
const overheadBytes = 512;

export const createGroupCommit = (options: GroupCommitOptions): GroupCommit => {
  let queueBytes = 0;
  const idle = createIdleSignal();

  const commit = async (requests: readonly AppendRequest[]): Promise<readonly CommitOutcome[]> => {
    const startedAtMs = options.scheduler.nowMs();
    const outcomes = await commitBatch(requests, options);
    options.onFlush((options.scheduler.nowMs() - startedAtMs) / 1000, requests.length);
    return outcomes;
  };
  const flushers = Array.from({ length: options.flushers }, () => createFlusher(options, options.scheduler, commit));

  return {
    submit: (request) => {
      const bytes = Buffer.byteLength(request.body) + overheadBytes;
      // An empty queue takes any event, or one larger than the limit could never come in.
      if (queueBytes > 0 && queueBytes + bytes > options.queueLimitBytes) return Promise.resolve(overloaded());
      queueBytes += bytes;
      return new Promise((resolve) => {
        const settle = (outcome: CommitOutcome) => {
          queueBytes -= bytes;
          if (queueBytes === 0) idle.tell();
          resolve(outcome);
        };
        flushers[options.laneOf(request) % flushers.length]!.push({ request, bytes, settle });
      });
    },
    queueBytes: () => queueBytes,
    drain: async () => {
      for (const flusher of flushers) flusher.hurry();
      if (queueBytes > 0) await idle.next();
    },
  };
};

const overloaded = () => refuse('overloaded', 'Too much waits for a commit: nothing was stored. Wait for Retry-After.');

const createIdleSignal = () => {
  let waiters: (() => void)[] = [];
  return {
    tell: () => {
      for (const resolve of waiters) resolve();
      waiters = [];
    },
    next: () => new Promise<void>((resolve) => void waiters.push(resolve)),
  };
};
