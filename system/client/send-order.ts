// Which events may go, and in which batch: one of a key at a time, and those of one trace together. Pure: no time of its own, no I/O.
import type { Entry } from './entry.ts';
import { createQueue, membersOf, push, type Queue, remove, unshift } from './queue.ts';

export type BatchLimits = { readonly maxBatchEvents: number; readonly maxBatchBytes: number; readonly lingerMs: number };

export type SendOrder = {
  /** Behind those of its key. */
  enter(entry: Entry): void;
  /** Whoever was behind it may go. */
  leave(entry: Entry): void;
  /** What was taken may go again, before those that never went. */
  giveBack(entries: readonly Entry[]): void;
  /** Takes a batch that is due; none is an empty one. What is taken keeps its place in its key's line until it leaves. */
  take(limits: BatchLimits, nowMs: number): readonly Entry[];
  /** When the first batch is due; null while nothing may go. */
  dueAtMs(limits: BatchLimits): number | null;
};

type Group = { readonly entries: Queue<Entry>; bytes: number };

export const createSendOrder = (): SendOrder => {
  const lines = new Map<string, Queue<Entry>>();
  // A request has one traceparent: events of another context would be shown in a trace that is not theirs.
  const groups = new Map<string, Group>();

  const makeReady = (entry: Entry, enqueue: typeof push): void => {
    const group = getOrMake(groups, groupOf(entry), () => ({ entries: createQueue<Entry>(), bytes: 0 }));
    entry.readyPlace = enqueue(group.entries, entry);
    group.bytes += entry.bodyBytes;
  };
  const unready = (entry: Entry): void => {
    const group = groups.get(groupOf(entry));
    if (!group || !entry.readyPlace) return;
    remove(group.entries, entry.readyPlace);
    group.bytes -= entry.bodyBytes;
    entry.readyPlace = null;
    if (group.entries.size === 0) groups.delete(groupOf(entry));
  };
  const leaveLine = (key: string, entry: Entry): void => {
    const line = lines.get(key);
    if (!line || !entry.linePlace) return;
    const wasFirst = line.first === entry.linePlace;
    remove(line, entry.linePlace);
    entry.linePlace = null;
    if (!line.first) lines.delete(key);
    else if (wasFirst) makeReady(line.first.value, push);
  };

  return {
    enter: (entry) => {
      if (entry.key === null) return makeReady(entry, push);
      const line = getOrMake(lines, entry.key, () => createQueue<Entry>());
      entry.linePlace = push(line, entry);
      if (line.size === 1) makeReady(entry, push);
    },
    leave: (entry) => {
      unready(entry);
      if (entry.key !== null) leaveLine(entry.key, entry);
    },
    giveBack: (entries) => {
      for (const entry of entries.toReversed()) makeReady(entry, unshift);
    },
    take: (limits, nowMs) => {
      const due = firstDue(groups, limits, nowMs);
      if (!due) return [];
      const [name, group] = due;
      const batch = fill(group, limits);
      batch.forEach(unready);
      // The others have their turn before it.
      if (groups.delete(name)) groups.set(name, group);
      return batch;
    },
    dueAtMs: (limits) => {
      let firstMs: number | null = null;
      for (const group of groups.values()) firstMs = Math.min(firstMs ?? Infinity, groupDueAtMs(group, limits));
      return firstMs;
    },
  };
};

const firstDue = (groups: ReadonlyMap<string, Group>, limits: BatchLimits, nowMs: number): readonly [string, Group] | null => {
  for (const named of groups) if (groupDueAtMs(named[1], limits) <= nowMs) return named;
  return null;
};

const groupOf = ({ trace }: Entry): string => trace?.traceparent ?? '';

const groupDueAtMs = ({ entries, bytes }: Group, { maxBatchEvents, maxBatchBytes, lingerMs }: BatchLimits): number =>
  entries.size >= maxBatchEvents || bytes >= maxBatchBytes ? -Infinity : (entries.first?.value.sentAtMs ?? 0) + lingerMs;

/** At least one, so that an event over a limit that the system lowered gets its own refusal. */
const fill = (group: Group, { maxBatchEvents, maxBatchBytes }: BatchLimits): Entry[] => {
  const batch: Entry[] = [];
  let bytes = 0;
  for (const entry of membersOf(group.entries)) {
    bytes += entry.bodyBytes;
    if (batch.length > 0 && (batch.length >= maxBatchEvents || bytes > maxBatchBytes)) break;
    batch.push(entry);
  }
  return batch;
};

const getOrMake = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
};
