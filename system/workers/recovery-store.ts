// What workers need of storage to carry out what operators ask of dead letters. Each call is one transaction under the lane's lock and epoch: what is done,
// the books, the audit and the command's end move together, so that a worker killed in between leaves either all of it or nothing.
import type { RecoveryAction, RecoveryOutcome, RehearsedEvent } from '../contract/recovery.ts';
import type { Fixed } from '../recovery/apply-fix.ts';
import type { FixRule } from '../recovery/fix-rules.ts';
import type { Key } from '../stream/stream.ts';
import type { LaneId, Tenure } from './checkpoint.ts';
import type { Failure } from './failure.ts';
import type { Settled } from './lane-store.ts';
import type { UnorderedProcessor } from './processor.ts';

export type RecoveryCommand = LaneId & {
  readonly command: number;
  readonly job: number;
  readonly action: RecoveryAction;
  readonly key: Key;
  /** Of the dead letter when it was asked for. */
  readonly position: number;
  readonly fix: readonly FixRule[] | null;
  readonly requestedBy: string;
};

/** How a command ended. */
export type RecoveryEnd = {
  readonly command: number;
  readonly job: number;
  readonly action: RecoveryAction;
  readonly requestedBy: string;
  readonly outcome: RecoveryOutcome;
  readonly events: number;
};

/** `end` null: it goes on. */
export type Carried = Settled & { readonly end: RecoveryEnd | null };

export type Rehearsal = { readonly events: readonly RehearsedEvent[]; readonly more: boolean };

export type RecoveryStore = {
  /** Commands that are due, in the order of asking. */
  due(lanes: readonly LaneId[], limit: number): Promise<readonly RecoveryCommand[]>;
  /** Ordered: the key is tried again from its head on; the command ends with the settlement that ends the replay. */
  startReplay(tenure: Tenure, command: RecoveryCommand): Promise<Carried>;
  /** Unordered: this one event; rejects with the database's error where it is refused again. */
  replayOne(tenure: Tenure, command: RecoveryCommand, processor: UnorderedProcessor): Promise<Carried>;
  /** Unordered: it was refused again. */
  failAgain(tenure: Tenure, command: RecoveryCommand, failure: Failure): Promise<Carried>;
  discard(tenure: Tenure, command: RecoveryCommand): Promise<Carried>;
  /** A bounded number of the key's events; `end` null: call again. */
  fix(tenure: Tenure, command: RecoveryCommand, change: (body: string) => Fixed): Promise<Carried>;
  unfix(tenure: Tenure, command: RecoveryCommand): Promise<Carried>;
  /** Marks it as begun before user code runs, so that a handler that takes its process with it is rehearsed once and not by every worker in turn. */
  startRehearsal(tenure: Tenure, command: RecoveryCommand): Promise<Carried>;
  endRehearsal(tenure: Tenure, command: RecoveryCommand, rehearsal: Rehearsal): Promise<Carried>;
  /** Unordered: tries it in a transaction that is rolled back. */
  rehearseOne(command: RecoveryCommand, processor: UnorderedProcessor): Promise<Rehearsal>;
};
