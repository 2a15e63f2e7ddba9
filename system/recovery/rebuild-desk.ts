// Where operators' requests about versions of a read model are carried out, or refused with the reason. Either way it is on record.
import type { ReadModel, RebuildAction } from '../contract/rebuild.ts';

export type AskedRebuild = {
  readonly readModel: ReadModel;
  readonly action: RebuildAction;
  readonly version: number | null;
  readonly sameCode: boolean;
  /** 0: no bound of its own. */
  readonly ratePerSecond: number;
  readonly force: boolean;
  readonly requestedBy: string;
  readonly why: string;
  readonly requestId: string;
  /** The key with which it was asked for; null: without. */
  readonly keyId: string | null;
};

export type RebuildAnswer = {
  readonly outcome: 'done' | 'refused';
  /** The version that it is about. */
  readonly version: number;
  /** Why it was refused and what would allow it, or what it was forced past; null: nothing to say. */
  readonly detail: string | null;
  /** It was asked for before, under the same request id. */
  readonly known: boolean;
};

export type RebuildDesk = {
  /** `taken`: the request id is that of another request. Rejects with the database's error. */
  carryOut(asked: AskedRebuild): Promise<RebuildAnswer | { readonly taken: true }>;
};
