// A variable of a dashboard: where its values come from, and which is chosen at first.
import type { DatasourceKind } from './target.ts';

export type VariableOption = { readonly text: string; readonly value: string };

/** `label_values(metric, label)`; the selector is absent where all series are meant. */
export type LabelValuesQuery = {
  readonly datasource: DatasourceKind;
  readonly datasourceUid: string;
  readonly label: string;
  readonly selector?: string;
};

export type AutoInterval = { readonly steps: number; readonly leastText: string };

export type VariableSource =
  | {
      readonly type: 'query';
      readonly query: LabelValuesQuery;
      readonly regex: string;
      readonly sort: number;
      readonly refreshOnTimeRange: boolean;
    }
  | { readonly type: 'custom'; readonly options: readonly VariableOption[] }
  | { readonly type: 'constant'; readonly value: string }
  | { readonly type: 'textbox'; readonly value: string }
  | { readonly type: 'interval'; readonly options: readonly VariableOption[]; readonly auto?: AutoInterval };

export type Variable = {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Nothing of it is shown. */
  readonly hidden: boolean;
  readonly source: VariableSource;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  /** What is chosen when the dashboard opens; empty: the first option (or all, where it is offered). */
  readonly current: readonly string[];
};

/** What Grafana writes for "All" among values, also in links. */
export const allValueMark = '$__all';
