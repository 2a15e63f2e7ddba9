// How a team's own processor wants its events delivered, where that differs from the built-in ones.
import type { LogEvent } from '../stream/stream.ts';
import type { EventTransactions } from './event-transaction.ts';
import { isFinal, type Failure } from './failure.ts';
import type { RetryPolicy } from './settlement.ts';

export type OwnRules = {
  /** The transaction in which `handle` writes from here on; null: none is open. */
  use(transactions: EventTransactions | null, isRehearsal?: boolean): void;
  /** Whether this run has handled as much as one transaction should hold: it goes on with the next. */
  isEnough(): boolean;
  /** Another event at a time: a transaction begins. */
  begin(): void;
  /** false: a failing event holds up no other, and no number is waited for. */
  readonly isOrdered: boolean;
  /** Whether the producer's numbers are waited for; else the events of a key go in order of position. */
  readonly takesNumbers: boolean;
  readonly policy: RetryPolicy;
  readonly action: 'park' | 'skip' | 'stop';
  /** `head` is the lane's. Only of events that it reads. */
  isShed(event: LogEvent, head: number): boolean;
};

/** What becomes of an event that failed; `attempts` includes this one. */
export const afterFailure = (
  { action, policy }: Pick<OwnRules, 'action' | 'policy'>,
  failure: Failure,
  attempts: number,
): 'park' | 'skip' | 'stop' => {
  if (action === 'stop') return 'stop';
  return action === 'skip' && (isFinal(failure) || attempts >= policy.attempts) ? 'skip' : 'park';
};
