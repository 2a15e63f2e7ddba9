// What an endpoint gives back, and what it may use.
import type { MetricStore } from '../metrics/metric-store.ts';
import type { GroupStatus } from '../rules/rule-group.ts';

export type Answer = {
  /** Either a value for JSON, or JSON already written. */
  readonly data: unknown;
  readonly json?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
};

/** What the API tells of rules; `receivers` are the URLs that alerts are sent to. */
export type RulesView = { statuses(): readonly GroupStatus[]; receivers(): readonly string[] };

export type ApiContext = {
  readonly store: MetricStore;
  readonly rules: RulesView;
  readonly nowMs: () => number;
  readonly options: {
    readonly lookbackMs?: number;
    readonly defaultSubqueryStepMs?: number;
    readonly maxSamples?: number;
    readonly timeoutMs?: number;
  };
};

export const truncationWarning = 'results truncated due to limit';
