// How the values of a panel are shown. All is optional: what is absent is Grafana's default, and what an override leaves out stays as it was.

export type ThresholdStep = { readonly value: number | null; readonly color: string };
export type Thresholds = { readonly mode: 'absolute' | 'percentage'; readonly steps: readonly ThresholdStep[] };

export type MappingResult = { readonly text?: string; readonly color?: string };
export type Mapping =
  | { readonly type: 'value'; readonly results: Readonly<Record<string, MappingResult>> }
  | { readonly type: 'range'; readonly from: number | null; readonly to: number | null; readonly result: MappingResult }
  | { readonly type: 'regex'; readonly pattern: string; readonly result: MappingResult }
  | { readonly type: 'special'; readonly match: SpecialMatch; readonly result: MappingResult };

export const specialMatches = ['true', 'false', 'null', 'nan', 'null+nan', 'empty'] as const;
export type SpecialMatch = (typeof specialMatches)[number];

export type FieldColor = { readonly mode: string; readonly fixedColor?: string };

export type PanelLink = {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
  readonly keepTime: boolean;
  readonly includeVars: boolean;
};

export type Stacking = 'none' | 'normal' | 'percent';

/** `custom` of the time series and of the table; a panel reads what concerns it. */
export type FieldStyle = {
  readonly drawStyle?: 'line' | 'bars' | 'points';
  readonly lineInterpolation?: 'linear' | 'smooth' | 'stepBefore' | 'stepAfter';
  readonly lineWidth?: number;
  readonly dash?: readonly number[];
  readonly fillOpacity?: number;
  readonly showPoints?: 'auto' | 'always' | 'never';
  readonly pointSize?: number;
  /** true: always; a number: gaps up to so many milliseconds. */
  readonly spanNulls?: boolean | number;
  readonly stacking?: { readonly mode: Stacking; readonly group: string };
  readonly thresholdsStyle?: 'off' | 'line' | 'dashed' | 'area' | 'line+area' | 'dashed+area';
  readonly axisPlacement?: 'auto' | 'left' | 'right' | 'hidden';
  readonly axisLabel?: string;
  readonly axisSoftMin?: number;
  readonly axisSoftMax?: number;
  readonly scale?: { readonly type: 'linear' | 'log'; readonly base: number };
  readonly hideFrom?: { readonly viz: boolean; readonly legend: boolean; readonly tooltip: boolean };
  readonly transform?: 'constant' | 'negative-Y';
  readonly widthPixels?: number;
  readonly align?: 'auto' | 'left' | 'center' | 'right';
  readonly cell?: 'auto' | 'color-text' | 'color-background' | 'json-view';
  readonly hidden?: boolean;
};

export type FieldConfig = {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly displayName?: string;
  readonly noValue?: string;
  readonly thresholds?: Thresholds;
  readonly mappings?: readonly Mapping[];
  readonly color?: FieldColor;
  readonly links?: readonly PanelLink[];
  readonly style?: FieldStyle;
};

export type FieldMatcher = { readonly by: 'name' | 'regexp' | 'refId' | 'type'; readonly wanted: string };
export type FieldOverride = { readonly matcher: FieldMatcher; readonly config: FieldConfig };
