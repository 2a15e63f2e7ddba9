// A panel as it is drawn: where, what of, how. The model of ours; the JSON of Grafana is read into it by read/.
import type { FieldConfig, FieldOverride, PanelLink } from './field-config.ts';
import type { Target } from './target.ts';

export type GridPosition = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type ReduceOptions = {
  readonly calcs: readonly string[];
  readonly values: boolean;
  readonly fields: string;
  readonly limit?: number;
};

export type LegendOptions = {
  readonly mode: 'list' | 'table' | 'hidden';
  readonly placement: 'bottom' | 'right';
  readonly calcs: readonly string[];
  readonly sortBy?: string;
  readonly sortDescending?: boolean;
};

export type SortBy = { readonly field: string; readonly descending: boolean };

export type PanelView =
  | {
      readonly type: 'timeseries';
      readonly legend: LegendOptions;
      readonly tooltip: { readonly mode: 'single' | 'multi' | 'none'; readonly sort: 'asc' | 'desc' | 'none' };
    }
  | {
      readonly type: 'stat';
      readonly reduce: ReduceOptions;
      readonly graph: 'none' | 'area' | 'line';
      readonly color: 'none' | 'value' | 'background' | 'background_solid';
      readonly text: 'auto' | 'value' | 'value_and_name' | 'name' | 'none';
    }
  | {
      readonly type: 'gauge';
      readonly reduce: ReduceOptions;
      readonly showThresholdLabels: boolean;
      readonly showThresholdMarkers: boolean;
    }
  | { readonly type: 'bargauge'; readonly reduce: ReduceOptions }
  | { readonly type: 'table'; readonly showHeader: boolean; readonly sortBy: readonly SortBy[] }
  | {
      readonly type: 'logs';
      readonly showTime: boolean;
      readonly showLabels: boolean;
      readonly wrap: boolean;
      readonly newestFirst: boolean;
    }
  | { readonly type: 'text'; readonly mode: 'markdown' | 'html' | 'code'; readonly content: string };

export type Transformation =
  | { readonly id: 'merge' }
  | { readonly id: 'labelsToFields' }
  | {
      readonly id: 'organize';
      readonly exclude: readonly string[];
      readonly rename: Readonly<Record<string, string>>;
      readonly order: Readonly<Record<string, number>>;
    }
  | { readonly id: 'sortBy'; readonly field: string; readonly descending: boolean }
  | { readonly id: 'filterFieldsByName'; readonly names: readonly string[]; readonly pattern?: string };

export type Panel = {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly position: GridPosition;
  readonly view: PanelView;
  readonly targets: readonly Target[];
  readonly links: readonly PanelLink[];
  readonly defaults: FieldConfig;
  readonly overrides: readonly FieldOverride[];
  readonly transformations: readonly Transformation[];
  readonly maxDataPoints?: number;
  /** The least step, as written: "1s". */
  readonly interval?: string;
};

/** A row with what stands under it; the first may be without a title: what stands above all rows. */
export type Section = { readonly title: string | null; readonly collapsed: boolean; readonly panels: readonly Panel[] };
