// Where operators' requests become rows that workers carry out: the one thing that recovery writes outside of a lane's owner.
import type { RecoveryAction } from '../contract/recovery.ts';
import type { FixRule } from './fix-rules.ts';
import type { Selection } from './job-request.ts';

export type NewJob = {
  readonly action: RecoveryAction;
  readonly selection: Selection;
  readonly fix: readonly FixRule[] | null;
  readonly ratePerSecond: number;
  readonly requestedBy: string;
  readonly why: string;
  readonly requestId: string;
  /** Whose dead letters. */
  readonly tenant: string;
  /** The key with which it was asked for; null: without. */
  readonly keyId: string | null;
};

export type AcceptedJob = {
  readonly job: number;
  /** It was asked for before, under the same request id. */
  readonly known: boolean;
  /** Dead letters that it takes. */
  readonly commands: number;
  /** Dead letters that the selection has and that wait for the same of an earlier job. */
  readonly alreadyAsked: number;
};

export type RecoveryDesk = {
  /** `taken`: the request id is that of another request, or of another tenant. `none`: no dead letter is selected. `otherFix`: one of them waits for other rules, those of that job. `too_many`: more than a job may take. Nothing is written then. Rejects with the database's error. */
  open(
    job: NewJob,
  ): Promise<
    AcceptedJob | { readonly none: true } | { readonly otherFix: number } | { readonly taken: true } | { readonly tooMany: number }
  >;
};
