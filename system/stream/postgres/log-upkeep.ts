// Keeps partitions of the log made ahead, and old marks of counted batches away, while a process appends.
import type { Pool } from 'pg';

export type LogUpkeepOptions = {
  /** FAULTLINE_MIGRATE: false where the role may not make tables. */
  readonly mayCreate: boolean;
  readonly onFailure: (error: unknown) => void;
  readonly everyMs?: number;
};

/** A day's partition is made a week ahead, so an hour more or less is nothing. */
const hourMs = 3_600_000;

/** A server that froze answers no statement and times none out; making partitions may wait for a lock meanwhile. */
const withinMs = 60_000;
const within = (text: string) => ({ text, query_timeout: withinMs });

/** Disposing ends it, after a run that is under way. */
export const startLogUpkeep = (pool: Pool, { mayCreate, onFailure, everyMs = hourMs }: LogUpkeepOptions): AsyncDisposable => {
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      if (mayCreate) await pool.query(within('select ensure_log_partitions(7)'));
      await pool.query(within('select append_housekeeping()'));
    } catch (error) {
      onFailure(error);
    }
  };
  const timer = setInterval(() => {
    running = run();
  }, everyMs);
  timer.unref();
  return {
    [Symbol.asyncDispose]: () => {
      clearInterval(timer);
      return running;
    },
  };
};
