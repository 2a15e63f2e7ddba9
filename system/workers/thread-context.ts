// What a handler thread works with; made by main/, which knows the drivers.
import type { StreamReader } from '../stream/stream.ts';
import type { LaneStore } from './lane-store.ts';
import type { OrderedProcessor } from './processor.ts';
import type { Progress } from './progress.ts';
import type { RetryPolicy } from './settlement.ts';
import type { Neighbours } from './turns.ts';
import type { Report } from './thread-protocol.ts';
import type { SurvivedAttempts } from './survived-attempts.ts';

export type ThreadContext<Effect> = {
  readonly processor: OrderedProcessor<Effect>;
  readonly stream: StreamReader;
  readonly store: LaneStore;
  readonly progress: Progress;
  readonly policy: RetryPolicy;
  /** Bytes of bodies that one read may bring. */
  readonly maxBytes: number;
  readonly nowMs: () => number;
  readonly survived: SurvivedAttempts;
  /** A batch was committed, or was not: its answer was lost. As it is to be reported where it turns out to be there. */
  readonly unheard: (report: Report) => void;
  /** How long one key may take of a batch, and how that is measured; null: as long as it takes. */
  readonly turn: { readonly ms: number; readonly nowMs: () => number; readonly neighbours: Neighbours } | null;
  /** Resolves when it is the task's turn to write, with the names of the keys that others have changed since it began; with none where it is so already. */
  readonly mayWrite: () => Promise<readonly string[]>;
};

/** Deaths of a process with one event alone in hand before the event is taken for the cause. */
export const lonelyCrashes = 3;
/** Early events of one key drained with their predecessor in one transaction; more follow in the next. */
export const drainLimit = 500;
/** Events of a parked key tried in one go. */
export const parkedLimit = 100;
