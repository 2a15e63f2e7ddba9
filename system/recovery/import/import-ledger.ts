// What an import needs of storage: its ledger, which moves in the transaction that appends, and how far live traffic is behind.
import type { ImportState } from '../../contract/imports.ts';
import type { AdmittedEvent } from '../../ingest/admit.ts';
import type { TenantStanding } from './import-quotas.ts';
import type { FileShape, LineRefusal } from './read-lines.ts';

export type OpenImport = FileShape &
  TenantStanding & {
    readonly import: number;
    readonly state: ImportState;
    readonly nextLine: number;
    /** All that the file has. */
    readonly lines: number;
    readonly ratePerSecond: number;
  };

export type RefusedLine = LineRefusal & { readonly line: number };

/** Lines [fromLine, nextLine) of one import: those that are in neither list are blank. */
export type ImportBatch = {
  readonly fromLine: number;
  readonly nextLine: number;
  readonly events: readonly (AdmittedEvent & { readonly line: number })[];
  readonly refusals: readonly RefusedLine[];
};

export type SettledBatch = {
  /** False: the ledger is elsewhere, or takes nothing now; nothing was written. */
  readonly moved: boolean;
  readonly state: ImportState;
  readonly nextLine: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly refused: number;
};

export type ImportLedger = {
  /** False: identities can't be looked for yet; what is missing is being made. */
  ready(): Promise<boolean>;
  find(tenant: string, name: string): Promise<OpenImport | null>;
  /**
   * One transaction: under the lock of the import's row the ledger must stand at `fromLine`; identities are looked for among all events that there are, whatever
   * the window; the rest is appended, and the ledger moves. Rejects with a SystemError FL_STREAM_*; the same batch again is safe, since the ledger says
   * whether it was settled.
   */
  settle(open: Pick<OpenImport, 'import' | 'tenant'>, batch: ImportBatch): Promise<SettledBatch>;
  /** The age of the oldest event that an active processor has not passed. */
  lagMs(): Promise<number>;
  /** Bytes that the database takes on disk. */
  usedBytes(): Promise<number>;
};
