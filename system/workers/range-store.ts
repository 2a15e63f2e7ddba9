// What an unordered lane needs of storage: its range moved, or one event parked, in the checkpoint's transaction.
import type { Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import type { Settled } from './lane-store.ts';
import type { AppliedRange, UnorderedProcessor } from './processor.ts';

export type SettledRange = Settled & { readonly range: AppliedRange };

export type NotedEvent = {
  readonly id: number;
  readonly systemName: string;
  readonly objectId: string;
  readonly traceparent: string | null;
};

export type RangeStore = {
  /** Moves (position, upTo]; rejects with the database's error, and nothing is written. */
  applyRange(tenure: Tenure, position: number, upTo: number, processor: UnorderedProcessor): Promise<SettledRange>;
  /** Parks the one event at upTo = position + 1 as a dead letter, alone. */
  parkOne(tenure: Tenure, position: number, failure: Failure): Promise<Settled>;
  /** Tries the key's parked events again, each alone; rejects with the database's error at the first that is refused. */
  applyParked(tenure: Tenure, position: number, processor: UnorderedProcessor): Promise<Settled>;
  /** Parked positions of a key, lowest first, with what a log record about each needs. */
  parkedPositions(tenure: Tenure, key: { tenant: string; systemName: string; objectId: string }): Promise<readonly number[]>;
  /** Counts another refusal of a parked event. */
  failAgain(tenure: Tenure, position: number, failure: Failure): Promise<Settled>;
  /** What a log record about an event at a position needs. */
  eventAt(lane: number, position: number): Promise<NotedEvent | null>;
};
