// What a read had to show: the writes of its key, each with the moment from which it had to be seen. From the history; the read-back only tells which were parked.
import type { RunData } from '../engine/run-data.ts';
import type { ReadKind, ReadOperation } from './read-operation.ts';
import { type EventHistory, indexOf, keyOf } from './run-index.ts';

/** `dueFrom`: milliseconds since the run's zero at which the client knew that it was stored. */
export type VisibleWrite = { readonly id: number; readonly dueFrom: number; readonly event: EventHistory };

/** By kind and key, in the order of `dueFrom`. */
export type VisibleWrites = (read: Pick<ReadOperation, 'kind' | 'systemName' | 'objectId'>) => readonly VisibleWrite[];

export const visibleWrites = (run: RunData): VisibleWrites => {
  const acknowledged = [...indexOf(run).events].flatMap((event) => acknowledgedOf(event) ?? []);
  const byKey = Map.groupBy(acknowledged, ({ event }) => keyOf(event.first));
  const timelines = timelineWrites(run, byKey);
  const events = new Map([...byKey].map(([key, writes]) => [key, writes.toSorted(byDue)]));
  const kinds: Readonly<Record<ReadKind, ReadonlyMap<string, readonly VisibleWrite[]>>> = { timeline: timelines, events };
  return (read) => kinds[read.kind].get(keyOf(read)) ?? [];
};

const byDue = (left: VisibleWrite, right: VisibleWrite): number => left.dueFrom - right.dueFrom;

const acknowledgedOf = (event: EventHistory): VisibleWrite | null => {
  const first = event.operations.filter(({ outcome, id }) => outcome === 'ok' && id !== null).toSorted((a, b) => a.doneAt - b.doneAt)[0];
  return first === undefined ? null : { id: first.id as number, dueFrom: first.doneAt, event };
};

/** A numbered event is due with the last of its predecessors; what is parked or waits is in no timeline, and neither is what comes behind it. */
const timelineWrites = (
  run: RunData,
  byKey: ReadonlyMap<string, readonly VisibleWrite[]>,
): ReadonlyMap<string, readonly VisibleWrite[]> => {
  const applied = indexOf(run).effects.get('timelines');
  return new Map(
    [...byKey].map(([key, writes]) => {
      const inOrder = writes.filter(({ id }) => applied?.has(id) === true).toSorted(bySequence);
      let latest = 0;
      const due = inOrder.map((write) => {
        latest = Math.max(latest, write.dueFrom);
        return write.event.first.sequence === null ? write : { ...write, dueFrom: latest };
      });
      return [key, due.toSorted(byDue)];
    }),
  );
};

const bySequence = (left: VisibleWrite, right: VisibleWrite): number =>
  (left.event.first.sequence ?? left.dueFrom) - (right.event.first.sequence ?? right.dueFrom);
