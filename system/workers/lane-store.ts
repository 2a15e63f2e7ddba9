// What workers need of storage to move a lane: by interface alone. Each call is one transaction, or part of one that the store was given.
import type { Key, LogEvent } from '../stream/stream.ts';
import type { Books, CheckpointOutcome, FoundCheckpoint, LaneId, Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import type { EventTransactions } from './event-transaction.ts';
import type { EarlyEvent, KeyState } from './key-order.ts';
import type { HandledEvent, Transaction } from './processor.ts';
import type { RecoveryEnd } from './recovery-store.ts';
import type { Settlement } from './settlement.ts';

export type ParkedEvent = LogEvent & { readonly attempts: number; readonly failure: Failure | null };

export type Settled = {
  readonly outcome: CheckpointOutcome;
  readonly found: FoundCheckpoint;
  /** Counted from the rows that changed; nothing where the outcome is not `advanced`. */
  readonly books: Books;
  /** What the lane holds after it. */
  readonly holdings: LaneHoldings;
  /** An operator's replay that ended with it. */
  readonly replay?: RecoveryEnd | null;
};

/** What the rows of a lane hold now, against their bounds. */
export type LaneHoldings = { readonly parked: number; readonly pending: number };

/** Durable attempts, for a lane whose workers died without progress. */
export type Attempt = { readonly position: number | null; readonly count: number };

export type Apply<Effect> = (handled: readonly HandledEvent<Effect>[], transaction: Transaction) => Promise<number>;

export type DecideInside<Effect> = (transactions: EventTransactions) => Promise<Settlement<Effect> | null>;

export type LaneStore = {
  attempt(lane: LaneId): Promise<Attempt>;
  /** The state of these keys, with early events' numbers (the lowest, and those that arrive now) and skipped gaps; a key without rows is new. */
  loadKeys(lane: LaneId, keys: readonly Key[], arriving: readonly number[]): Promise<Map<string, KeyState>>;
  /** Keys of the lane whose early event is due though it waits; parked keys left out. */
  loadKeysWithDueEarly(lane: LaneId, limit: number): Promise<readonly Key[]>;
  /** In the order asked for, with the fixed body where there is one; fewer where their bodies are over `maxBytes` together, but at least one. */
  loadEarly(lane: LaneId, early: readonly EarlyEvent[], maxBytes: number): Promise<readonly LogEvent[]>;
  /** The first events of a parked key, in order of position, or those with fewest attempts first; where one was fixed, `body` is the fixed one. */
  loadParked(lane: LaneId, key: Key, limit: number, maxBytes: number, order?: 'position' | 'attempts'): Promise<readonly ParkedEvent[]>;
  /** Locks the checkpoint, compares it, and only if it is as expected writes everything and moves it; else nothing is written. */
  settle<Effect>(tenure: Tenure, expectedPosition: number | null, settlement: Settlement<Effect>, apply: Apply<Effect>): Promise<Settled>;
  /**
   * Locks and compares first, and only then decides, in the open transaction, in which user code writes. Null: it decided for nothing, and nothing is written.
   * Rejects with what `decide` threw, and nothing is written.
   */
  decide<Effect>(tenure: Tenure, expectedPosition: number | null, decide: DecideInside<Effect>): Promise<Settled | null>;
  /** The same in a transaction that is always rolled back, without a lock and without a compare. */
  rehearse<Effect>(decide: DecideInside<Effect>): Promise<void>;
  /** Applies each alone, in a transaction that is always rolled back, and says which ones the database refuses as data. */
  findRefused<Effect>(handled: readonly HandledEvent<Effect>[], apply: Apply<Effect>): Promise<ReadonlyMap<number, Failure>>;
  /** Counts an attempt durably before user code runs; `count` includes this one. */
  noteAttempt(tenure: Tenure, position: number): Promise<{ readonly count: number } | { readonly fenced: FoundCheckpoint }>;
  /** What is counted on an event, once those that wait for the checkpoint's lock have had it: a count whose connection was lost may do so still. */
  countedAttempts(lane: LaneId, position: number): Promise<number>;
  /** Takes so many off again, null: all. False, and nothing is done, where the lane, or the attempt, is another by now. */
  takeOffAttempts(tenure: Tenure, position: number, count: number | null): Promise<boolean>;
  /** Counts an attempt on a parked event durably before user code runs, and moves its next one on. */
  noteRetry(tenure: Tenure, key: Key, position: number, nextAttemptAfterMs: number): Promise<{ readonly fenced: FoundCheckpoint | null }>;
  /** What is counted on a parked event, likewise; 0 where it is not parked any more. */
  countedRetries(lane: LaneId, position: number): Promise<number>;
  /** Takes so many off a parked event again. False, and nothing is done, where the lane is another by now, or the event is not there any more. */
  takeOffRetry(tenure: Tenure, position: number, count: number): Promise<boolean>;
};
