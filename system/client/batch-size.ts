// How much goes into one request: what was asked for, and less once the system said that it takes less.
import type { Entry } from './entry.ts';
import type { BatchOutcome } from './transport.ts';

export type BatchSize = { readonly maxBatchEvents: number; readonly maxBatchBytes: number };

export type SizeKeeper = {
  readonly current: BatchSize;
  /** True: the batch was refused for its size alone, and its events go again in smaller ones. */
  lower(outcome: BatchOutcome, batch: readonly Entry[]): boolean;
};

export const createSizeKeeper = ({ maxBatchEvents, maxBatchBytes }: BatchSize): SizeKeeper => {
  let current: BatchSize = { maxBatchEvents, maxBatchBytes };
  return {
    get current() {
      return current;
    },
    lower: (outcome, batch) => {
      if (batch.length < 2 || outcome.kind !== 'failed' || outcome.failure.status !== 413) return false;
      const named = {
        maxBatchEvents: limitOf(outcome.failure.details, 'limit_events', current.maxBatchEvents),
        maxBatchBytes: limitOf(outcome.failure.details, 'limit_bytes', current.maxBatchBytes),
      };
      // A proxy in between names none, or one that this batch kept: half of it, until it fits.
      const isLess = named.maxBatchEvents < batch.length || named.maxBatchBytes < bytesOf(batch);
      current = isLess ? named : { ...current, maxBatchEvents: Math.floor(batch.length / 2) };
      return true;
    },
  };
};

const limitOf = (details: unknown, name: string, ours: number): number => {
  const limit = (details as Record<string, unknown> | null | undefined)?.[name];
  return typeof limit === 'number' && limit >= 1 ? Math.min(limit, ours) : ours;
};

const bytesOf = (batch: readonly Entry[]): number => batch.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
