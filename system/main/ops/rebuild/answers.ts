// The query API's answers on versions of a read model, as far as `npm run ops` reads them.
import type { RebuildAction } from '../../../contract/rebuild.ts';

export type Comparison = {
  readonly comparison: number;
  readonly version: number;
  readonly against: number;
  readonly done_at: string | null;
  readonly outcome: 'equal' | 'different' | 'failed' | null;
  readonly problem: string | null;
  readonly keys: number;
  readonly ranges: number;
  readonly entries: number;
  readonly entries_against: number;
  readonly differing: number;
  readonly counts_differing: number;
  readonly counts_unsettled: number;
};

export type ShownVersion = {
  readonly version: number;
  readonly state: string;
  readonly code: number;
  readonly beside: number | null;
  readonly rate_per_second: number | null;
  readonly started_at: string | null;
  readonly head: number;
  readonly position: number;
  readonly lag: number;
  readonly lag_seconds: number;
  readonly lanes_held: number;
  readonly applied: number;
  readonly skipped: number;
  readonly parked: number;
  readonly pending: number;
  readonly dead_letters: number;
  readonly dropped_at: string | null;
  readonly rows_removed: number | null;
};

export type ShownRebuild = {
  readonly read_model: string;
  readonly served_version: number;
  readonly versions: readonly ShownVersion[];
  readonly comparison: Comparison | null;
  readonly actions: readonly {
    readonly at: string;
    readonly action: RebuildAction;
    readonly version: number;
    readonly is_forced: boolean;
    readonly outcome: string;
    readonly detail: string | null;
    readonly requested_by: string;
    readonly why: string;
  }[];
};

export type ComparisonPage = {
  readonly comparison: Comparison;
  readonly differences: readonly {
    readonly tenant: string;
    readonly system_name: string;
    readonly object_id: string;
    readonly entries: number;
    readonly entries_against: number;
    readonly first_entry: number;
    readonly fields: readonly string[];
    readonly state: string | null;
    readonly state_against: string | null;
  }[];
  readonly sample: readonly { readonly system_name: string; readonly object_id: string }[];
  readonly next_cursor: string | null;
};

export type RebuildDone = { readonly version: number; readonly known: boolean; readonly detail: string | null };
