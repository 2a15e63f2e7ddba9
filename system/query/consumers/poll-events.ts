// Long poll: events of one lane as soon as there are any, or an answer without when the time is over.
import type { ReadDatabase } from '../read-database.ts';
import type { HeadWatch } from './head-watch.ts';
import { type LanePage, type LaneRead, readLane } from './read-lane.ts';

export type PollEvents = {
  readonly database: ReadDatabase;
  readonly watch: HeadWatch;
  readonly read: LaneRead;
  readonly waitMs: number;
  /** Aborted when the process stops: what there is goes out at once. */
  readonly stop: AbortSignal;
  /** Aborted when the reader leaves: it rejects. */
  readonly gone: AbortSignal;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
};

/** Past a filter it goes on looking until the time is over; `position` says how far it came. */
export const pollEvents = async ({ database, watch, read, waitMs, stop, gone, nowMs }: PollEvents): Promise<LanePage> => {
  const untilMs = nowMs() + waitMs;
  const ended = AbortSignal.any([stop, gone]);
  let page = await readLane(database, read);
  while (page.events.length === 0 && nowMs() < untilMs && !ended.aborted) {
    const after = page.position;
    if (page.head <= after) await watch.wait(new Map([[read.lane, after]]), untilMs - nowMs(), ended).catch(unlessStopped(ended));
    page = await readLane(database, { ...read, after });
  }
  gone.throwIfAborted();
  return page;
};

const unlessStopped = (ended: AbortSignal) => (error: unknown) => {
  if (!ended.aborted) throw error;
  return false;
};
