// One flusher: its queue, and at most one group commit at a time. What comes while a commit runs goes with the next.
import type { AppendRequest } from '../stream/stream.ts';
import type { CommitOutcome } from './commit-batch.ts';
import { refuse } from './refusal.ts';
import { type Scheduler, sleep } from './scheduler.ts';

export type Waiting = {
  readonly request: AppendRequest;
  readonly bytes: number;
  readonly settle: (outcome: CommitOutcome) => void;
};

export type FlushLimits = {
  readonly flushEvents: number;
  readonly flushBytes: number;
  /** How long an idle flusher waits for company. */
  readonly flushLingerMs: number;
};

export type Flusher = {
  push(waiting: Waiting): void;
  /** No more lingering: what waits is committed at once. */
  hurry(): void;
};

export const createFlusher = (
  limits: FlushLimits,
  scheduler: Scheduler,
  commit: (requests: readonly AppendRequest[]) => Promise<readonly CommitOutcome[]>,
): Flusher => {
  let queue: Waiting[] = [];
  let queueBytes = 0;
  let isRunning = false;
  let isHurried = false;

  const isFull = () => isHurried || queue.length >= limits.flushEvents || queueBytes >= limits.flushBytes;

  const takeBatch = (): readonly Waiting[] => {
    const count = batchLength(queue, limits);
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queueBytes -= sumBytes(batch);
    return batch;
  };

  const run = async (): Promise<void> => {
    if (limits.flushLingerMs > 0 && !isFull()) await sleep(scheduler, limits.flushLingerMs);
    while (queue.length > 0) await flush(takeBatch(), commit);
    isRunning = false;
  };

  return {
    push: (waiting) => {
      queue.push(waiting);
      queueBytes += waiting.bytes;
      if (isRunning) return;
      isRunning = true;
      scheduler.soon(() => void run());
    },
    hurry: () => {
      isHurried = true;
    },
  };
};

/** At least one, however large. */
const batchLength = (queue: readonly Waiting[], { flushEvents, flushBytes }: FlushLimits): number => {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && count < flushEvents) {
    bytes += queue[count]!.bytes;
    if (count > 0 && bytes > flushBytes) break;
    count += 1;
  }
  return count;
};

const sumBytes = (batch: readonly Waiting[]): number => batch.reduce((sum, { bytes }) => sum + bytes, 0);

const flush = async (
  batch: readonly Waiting[],
  commit: (requests: readonly AppendRequest[]) => Promise<readonly CommitOutcome[]>,
): Promise<void> => {
  const outcomes = await commit(batch.map(({ request }) => request));
  for (const [index, { settle }] of batch.entries()) {
    settle(outcomes[index] ?? refuse('internal', 'The stream answered fewer results than requests: a defect of ours.'));
  }
};
