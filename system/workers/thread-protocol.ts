// What the worker's main thread and its handler threads say to each other. Everything here survives a structured clone.
import type { FixRule } from '../recovery/fix-rules.ts';
import type { Key } from '../stream/stream.ts';
import type { Books, CheckpointOutcome, FoundCheckpoint, Tenure } from './checkpoint.ts';
import type { ErrorClass } from './error-class.ts';
import type { Failure } from './failure.ts';
import type { LaneHoldings } from './lane-store.ts';
import type { TracedEvent } from './processor.ts';
import type { RecoveryEnd, Rehearsal } from './recovery-store.ts';

/** A failure that the thread can't see for itself: it was ended for it. */
export type KnownFailure = {
  readonly position: number;
  readonly failure: Failure;
  /** In a lane that goes one event at a time: the attempt that took its thread with it is not counted any more. */
  readonly isTakenOff?: boolean;
};

export type BatchTask = {
  readonly kind: 'batch';
  readonly tenure: Tenure;
  readonly position: number;
  readonly limit: number;
  /** The lane's, as far as it is known: how far behind the batch is. */
  readonly head: number;
  readonly known: readonly KnownFailure[];
  readonly room: { readonly early: number; readonly parked: number };
  /** One event at a time, with durable attempts; stays so up to and without this position. */
  readonly carefulUntil: number | null;
};

/** Early events that are due though nothing new came. */
export type DrainTask = Omit<BatchTask, 'kind' | 'limit' | 'head'> & { readonly kind: 'drain' };

/** One attempt on a parked key, and on what waits behind its head. */
export type RetryTask = {
  readonly kind: 'retry';
  readonly tenure: Tenure;
  readonly key: Key;
  readonly known: readonly KnownFailure[];
  /** The attempt was counted already, by the thread that died in it. */
  readonly counted: boolean;
};

/** Gives up the numbers that a key's early events wait for. */
export type SkipGapTask = {
  readonly kind: 'skip-gap';
  readonly tenure: Tenure;
  readonly key: Key;
  readonly known: readonly KnownFailure[];
};

/** What a retry of a parked key would come to, with a fix or without. */
export type RehearseTask = {
  readonly kind: 'rehearse';
  readonly tenure: Tenure;
  readonly key: Key;
  readonly known: readonly KnownFailure[];
  readonly fix: readonly FixRule[] | null;
};

export type ParkTask = RetryTask | SkipGapTask | RehearseTask;
export type Task = BatchTask | DrainTask | ParkTask;

/** A failed attempt: whose, and why, without anything of the event's content. */
export type FailureNote = {
  readonly key: Pick<Key, 'systemName' | 'objectId'>;
  readonly position: number;
  readonly id: number;
  readonly failure: Failure;
  readonly attempts: number;
  /** skipped, stopped: by its processor's policy. */
  readonly end: 'retried' | 'dead_letter' | 'skipped' | 'stopped';
  readonly traceparent: string | null;
};

export type Report = {
  readonly outcome: CheckpointOutcome;
  /** Where the lane stands, as far as this transaction knows. */
  readonly position: number;
  readonly found: FoundCheckpoint | null;
  readonly books: Books;
  readonly holdings: LaneHoldings | null;
  /** Events handed to the processor. */
  readonly delivered: number;
  /** The lane can't go on: a bound is reached. */
  readonly blocked: 'early_full' | 'park_full' | 'handler_stopped' | null;
  readonly moreDue: boolean;
  /** A key's turn was over: it waits in the park to be worked off. */
  readonly setAside: boolean;
  readonly failures: readonly FailureNote[];
  /** Epoch milliseconds of receipt of each event applied. */
  readonly receivedAtMs: Float64Array;
  readonly traced: readonly TracedEvent[];
  /** A replay that ended with this transaction. */
  readonly replay: RecoveryEnd | null;
  readonly rehearsal: Rehearsal | null;
  readonly startedAtMs: number;
  /** When the transaction began. */
  readonly settledFromMs: number;
  readonly endedAtMs: number;
};

export type TaskError = { readonly errorClass: ErrorClass; readonly errorType: string; readonly message: string };

export type ToThread = { readonly type: 'task'; readonly task: Task } | { readonly type: 'go'; readonly changed: readonly string[] };

/** Positions whose attempts the task took off again, as nothing came of them. */
export type TakenOff = { readonly takenOff: readonly number[] };

export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly message: string }
  /** A lane's live flow and work on its park write by turns: asks for `go`. */
  | { readonly type: 'may-write' }
  | ({ readonly type: 'report'; readonly report: Report } & TakenOff)
  /** `unheard`: what it is to be reported as, if the lane is found where its commit led. */
  | ({ readonly type: 'error'; readonly error: TaskError; readonly unheard: Report | null } & TakenOff);
