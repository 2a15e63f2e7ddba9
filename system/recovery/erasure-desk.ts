// Where operators' requests for erasure become rows that workers carry out.
import type { Key } from '../stream/stream.ts';

export type AskedErasure = {
  readonly key: Key;
  readonly isDryRun: boolean;
  readonly requestedBy: string;
  readonly why: string;
  readonly requestId: string;
  /** The key with which it was asked for; null: without. */
  readonly keyId: string | null;
};

export type ErasureAnswer = {
  readonly erasure: number;
  /** It was asked for before, under the same request id. */
  readonly known: boolean;
};

export type ErasureDesk = {
  /** `taken`: the request id is that of another request, or of another tenant. Rejects with the database's error. */
  open(asked: AskedErasure): Promise<ErasureAnswer | { readonly refused: string } | { readonly taken: true }>;
};
