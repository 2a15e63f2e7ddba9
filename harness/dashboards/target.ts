// One query of a panel or annotation, as written in the dashboard: variables not yet filled in.

export const datasourceKinds = ['prometheus', 'tempo', 'loki'] as const;
export type DatasourceKind = (typeof datasourceKinds)[number];

/**
 * How it is asked. `instant` and `range`: values at one time, or over the range, of PromQL, LogQL or TraceQL metrics. Log lines come from `range` of a LogQL
 * query that is none of metrics. `search`: traces or spans by TraceQL. `trace`: one trace by its id.
 */
export type QueryKind = 'instant' | 'range' | 'search' | 'trace';

export type Target = {
  readonly refId: string;
  readonly datasource: DatasourceKind;
  readonly datasourceUid: string;
  readonly expr: string;
  readonly kinds: readonly QueryKind[];
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** Hidden in the panel, so not asked. */
  readonly hidden: boolean;
  readonly legendFormat?: string;
  /** The least step, as written; of Loki and Tempo the step itself. */
  readonly interval?: string;
  readonly intervalFactor: number;
  /** Lines of Loki, traces of Tempo. */
  readonly limit?: number;
  readonly spansPerSet?: number;
  readonly tableType: 'traces' | 'spans';
  readonly oldestFirst: boolean;
};
