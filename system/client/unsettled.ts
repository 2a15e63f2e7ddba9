// The events whose callers wait for an answer, in the order of `send`: their deadlines, and those who wait for all of them.
import type { Entry } from './entry.ts';
import { createQueue, membersOf, push, remove } from './queue.ts';
import type { Timing } from './timing.ts';

export type Unsettled = {
  readonly size: number;
  add(entry: Entry): void;
  remove(entry: Entry): void;
  /** From the oldest on; the one that was given last may be removed meanwhile. */
  members(): Iterable<Entry>;
  /** Resolves once all that are here now have left. */
  whenSettled(): Promise<void>;
  /** Someone waits for that. */
  readonly isAwaited: boolean;
};

export type UnsettledOptions = {
  readonly timing: Timing;
  readonly deliveryTimeoutMs: number;
  /** Its time is up; it has to be removed. */
  readonly expire: (entry: Entry) => void;
};

type Wait = { readonly lastNumber: number; left: number; readonly resolve: () => void };

export const createUnsettled = ({ timing, deliveryTimeoutMs, expire }: UnsettledOptions): Unsettled => {
  const entries = createQueue<Entry>();
  const waits = new Set<Wait>();
  let disarm: (() => void) | null = null;

  // All have the same time, so the oldest is due first: one timer does for all.
  const arm = (): void => {
    const oldest = entries.first?.value;
    if (disarm || !oldest) return;
    disarm = timing.after(oldest.sentAtMs + deliveryTimeoutMs - timing.nowMs(), onDue);
  };
  const onDue = (): void => {
    disarm = null;
    const lastMs = timing.nowMs() - deliveryTimeoutMs;
    for (const entry of membersOf(entries)) {
      if (entry.sentAtMs > lastMs) break;
      expire(entry);
    }
    arm();
  };
  const countDown = ({ number }: Entry): void => {
    for (const wait of waits) {
      if (number > wait.lastNumber || --wait.left > 0) continue;
      waits.delete(wait);
      wait.resolve();
    }
  };

  return {
    get size() {
      return entries.size;
    },
    get isAwaited() {
      return waits.size > 0;
    },
    add: (entry) => {
      entry.unsettledPlace = push(entries, entry);
      arm();
    },
    remove: (entry) => {
      if (!entry.unsettledPlace) return;
      remove(entries, entry.unsettledPlace);
      entry.unsettledPlace = null;
      countDown(entry);
      if (entries.size > 0 || !disarm) return;
      disarm();
      disarm = null;
    },
    members: () => membersOf(entries),
    whenSettled: () =>
      new Promise((resolve) => {
        const last = entries.last?.value;
        if (last) waits.add({ lastNumber: last.number, left: entries.size, resolve });
        else resolve();
      }),
  };
};
