// The query API's answers, as far as `npm run ops` reads them.
import type { RecoveryAction, RecoveryOutcome, RehearsedEvent } from '../../contract/recovery.ts';

export type Reason = { readonly code: string | null; readonly message: string | null; readonly error_type: string | null };

export type DeadLetter = {
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly id: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly sequence: number | null;
  readonly reason: Reason;
  readonly stage: string | null;
  readonly attempts: number;
  readonly earlier_attempts: number;
  readonly replays: number;
  readonly received_at: string;
  readonly first_failed_at: string | null;
  readonly last_failed_at: string | null;
  readonly worker: string | null;
  readonly trace_id: string | null;
  readonly is_fixed: boolean;
  readonly waiting_behind: number;
};

export type DeadLetterPage = { readonly dead_letters: readonly DeadLetter[]; readonly next_cursor: string | null };

export type ShownEvent = DeadLetter & {
  readonly state: string;
  readonly fixed_at: string | null;
  readonly fixed_by: string | null;
};

export type ParkedKey = {
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly state: string;
  readonly since: string;
  readonly next_attempt_at: string | null;
};

export type ParkedKeyPage = {
  readonly parked_keys: readonly (ParkedKey & { readonly events: number; readonly head_reason: Reason | null })[];
  readonly next_cursor: string | null;
};

export type ShownKey = ParkedKey & {
  readonly total: number;
  readonly events: readonly {
    readonly position: number;
    readonly id: number;
    readonly event_name: string;
    readonly sequence: number | null;
    readonly received_at: string;
    readonly reason: Reason | null;
    readonly attempts: number;
    readonly is_fixed: boolean;
  }[];
  readonly next_cursor: string | null;
};

export type AcceptedJob = { readonly job: number; readonly known: boolean; readonly commands: number; readonly already_asked: number };

/** What a fix, or a rehearsal, left with its command. */
export type CommandResult = {
  readonly changed?: number;
  readonly unchanged?: number;
  readonly refused?: number;
  readonly refusals?: readonly { readonly position: number; readonly rule: number; readonly path: string; readonly why: string }[];
  readonly events?: readonly RehearsedEvent[];
  readonly more?: boolean;
  readonly died?: boolean;
};

export type Command = {
  readonly command: number;
  readonly processor: string;
  readonly version: number;
  readonly lane: number;
  readonly position: number;
  readonly event_id: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly outcome: RecoveryOutcome | null;
  readonly events: number;
  readonly result: CommandResult | null;
};

export type Job = {
  readonly job: number;
  readonly action: RecoveryAction;
  readonly requested_by: string;
  readonly why: string;
  readonly requested_at: string;
  readonly open: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly events: number;
  readonly commands: readonly Command[];
  readonly next_cursor: string | null;
};

export type AuditPage = {
  readonly entries: readonly {
    readonly at: string;
    readonly job: number;
    readonly action: string;
    readonly outcome: string;
    readonly requested_by: string;
    readonly why: string;
    readonly processor: string;
    readonly version: number;
    readonly lane: number;
    readonly position: number;
    readonly system_name: string;
    readonly object_id: string;
    readonly events: number;
  }[];
  readonly next_cursor: string | null;
};

type Placed = { readonly processor: string; readonly version: number; readonly lane: number; readonly position: number };

/** How a dead letter is named on the command line. */
export const placeName = ({ processor, version, lane, position }: Placed): string => `${processor}/${version}/${lane}/${position}`;
