// What the elected worker needs of storage: the books, read at one moment, and the chores of the whole system.
import type { LogRetention } from './log-retention.ts';
import type { BookEntry } from '../telemetry/accounting.ts';

export type BooksReading = {
  readonly entries: readonly BookEntry[];
  /** When the books begin, epoch milliseconds. */
  readonly beganAtMs: number;
  readonly identitiesRows: number;
  readonly oldestSnapshotSeconds: number;
};

export type Chores = {
  /** Partitions of the log made ahead; returns how many are new. */
  makePartitions(): Promise<number>;
  /** The index that pages of counts are read by, where it is missing or broken: beside everything else, it may take minutes. `signal` ends the wait for it. */
  makeCountsIndex(signal: AbortSignal): Promise<void>;
  /** Forgets identities past the window in the next piece of their table. True: more of it is due in this round. */
  forgetIdentities(windowHours: number): Promise<boolean>;
  /** Small tables that would grow for ever: lease events, workers long gone, marks of counted batches, recovery commands long done. */
  tidy(): Promise<void>;
  /** Commands on keys that are not parked. */
  closeIdleCommands(): Promise<number>;
  /** The next range of a comparison of two versions that was asked for. True: there is more to do at once. */
  compareVersions(): Promise<boolean>;
  /** The next rows of a version that was given up. True: there is more to do at once. */
  removeDropped(): Promise<boolean>;
  /** The next step of an erasure that was asked for. */
  eraseNext(): Promise<{
    /** There is more to do at once. */
    readonly isMore: boolean;
    readonly finished: { readonly erasure: number; readonly isDryRun: boolean; readonly rows: number } | null;
  }>;
  /** Recovery commands that ended where nobody closed them: under a worker of the version before, or in a rehearsal that its process died of. */
  closeIdleRecoveries(): Promise<number>;
};

export type DutiesStore = Chores &
  LogRetention & {
    /** Null: the lease is not ours any more, and nothing may be exported. */
    readBooks(epoch: number): Promise<BooksReading | null>;
    /**
     * The rows of the read models, against what the books of the same snapshot have applied. It may take minutes, beside everything else; `signal` ends it.
     * Null: as above.
     */
    countEffects(epoch: number, signal: AbortSignal): Promise<readonly BookEntry[] | null>;
  };
