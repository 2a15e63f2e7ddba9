// What waits for a commit, by lane group, and which of it goes next. A group is in one commit at a time: that keeps the order of its lanes.
import type { AppendRequest } from '../stream/stream.ts';
import type { CommitOutcome } from './commit-batch.ts';
import { createFairQueue, type FairQueue } from './tenants/fair-queue.ts';

export type Waiting = {
  readonly request: AppendRequest;
  /** 1, 2, 3 … as they came in, over all groups. */
  readonly arrival: number;
  readonly bytes: number;
  /** When it found room; it may have waited for other things before it came in here. */
  readonly sinceMs: number;
  readonly settle: (outcome: CommitOutcome) => void;
};

export type LaneGroup = {
  readonly queue: FairQueue<Waiting>;
  bytes: number;
  isCommitting: boolean;
  /** How many commits of others have ended since something waits here. */
  passedOver: number;
};

export type BatchLimits = { readonly flushEvents: number; readonly flushBytes: number };

export const createLaneGroups = (count: number): readonly LaneGroup[] =>
  Array.from({ length: count }, () => ({ queue: createFairQueue<Waiting>(), bytes: 0, isCommitting: false, passedOver: 0 }));

export const addWaiting = (group: LaneGroup, waiting: Waiting): void => {
  group.queue.push(waiting);
  group.bytes += waiting.bytes;
};

/**
 * The groups of each commit that should begin now. Little goes together in one commit, as each costs the same however small; only what is more than
 * one can take is worth commits side by side. So a group with little waits for a commit under way, and then goes with the next; or alone, where others with
 * much commit in turns, so that it is never quiet.
 */
export const chooseCommits = (groups: readonly LaneGroup[], limits: BatchLimits): readonly (readonly LaneGroup[])[] => {
  const ready = groups.filter(({ isCommitting, queue }) => !isCommitting && queue.length > 0);
  if (ready.length === 0) return [];
  const isQuiet = groups.every(({ isCommitting }) => !isCommitting);
  if (isQuiet && !isOver(ready, limits, 1)) return [ready];
  return ready.filter((group) => isQuiet || isOver([group], limits, 2) || group.passedOver >= mostPasses).map((group) => [group]);
};

const mostPasses = 2;

/** A commit of others has ended. */
export const passOver = (groups: readonly LaneGroup[]): void => {
  for (const group of groups) if (!group.isCommitting && group.queue.length > 0) group.passedOver += 1;
};

/** More than one part of `parts` of a commit's limits. */
const isOver = (groups: readonly LaneGroup[], { flushEvents, flushBytes }: BatchLimits, parts: number): boolean => {
  const events = groups.reduce((sum, { queue }) => sum + queue.length, 0);
  const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
  return events > flushEvents / parts || bytes > flushBytes / parts;
};

/** Enough for a whole commit waits. */
export const isFull = (groups: readonly LaneGroup[], { flushEvents, flushBytes }: BatchLimits): boolean =>
  groups.reduce((sum, { queue }) => sum + queue.length, 0) >= flushEvents ||
  groups.reduce((sum, group) => sum + group.bytes, 0) >= flushBytes;

/** Takes what has waited since before then, and has been in no commit. It may stand behind others: what waited for ids, or for another event, came in late. */
export const takeOverdue = (groups: readonly LaneGroup[], beforeMs: number): readonly Waiting[] =>
  groups.flatMap((group) => {
    const overdue = group.queue.takeOlder(beforeMs);
    group.bytes -= overdue.reduce((sum, { bytes }) => sum + bytes, 0);
    return overdue;
  });

/**
 * Takes a batch out of the groups, within the limits but at least one event of each, however large. Of one group in the order of its queue, of several as
 * they came in: of two with one identity, in lanes of two groups, the first is the first. In a batch over HTTP the second waits for the first anyway; in a
 * datagram it does not. Who is in the batch is the queues' choice in either case.
 */
export const takeBatch = (groups: readonly LaneGroup[], limits: BatchLimits): readonly Waiting[] => {
  const batch = groups.flatMap((group) => takeOf(group, limits));
  return groups.length === 1 ? batch : batch.sort((one, other) => one.arrival - other.arrival);
};

const takeOf = (group: LaneGroup, limits: BatchLimits): readonly Waiting[] => {
  const batch = group.queue.take(within(limits));
  group.passedOver = 0;
  group.bytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
  return batch;
};

const within = ({ flushEvents, flushBytes }: BatchLimits) => {
  let bytes = 0;
  let count = 0;
  return (waiting: Waiting): boolean => {
    if (count >= flushEvents || (count > 0 && bytes + waiting.bytes > flushBytes)) return false;
    bytes += waiting.bytes;
    count += 1;
    return true;
  };
};
