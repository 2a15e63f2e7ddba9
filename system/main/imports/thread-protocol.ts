// What process `query` and its importing thread say to each other.
import type { SystemErrorName } from '../../contract/system-error.ts';
import type { SliceEnd } from '../../recovery/import/import-runner.ts';

export type ImportThreadData = {
  readonly databaseUrl: string;
  readonly connectionName: string;
  readonly laneCount: number;
  readonly diskBudgetBytes: number;
  readonly lagBudgetMs: number;
  readonly commitBudgetMs: number;
};

export type ThreadRequest = {
  readonly request: number;
  readonly tenant: string;
  readonly name: string;
  readonly fromLine: number;
  readonly bytes: Uint8Array;
};

export type ThreadAnswer =
  | { readonly kind: 'settled'; readonly request: number; readonly end: SliceEnd }
  | { readonly kind: 'failed'; readonly request: number; readonly code: SystemErrorName | null; readonly message: string }
  /** Something that was tried again. */
  | { readonly kind: 'trouble'; readonly message: string };
