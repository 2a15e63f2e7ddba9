// A dashboard as a whole.
import type { PanelLink } from './field-config.ts';
import type { Panel, Section } from './panel.ts';
import type { Target } from './target.ts';
import type { Variable } from './variable.ts';

export type Annotation = {
  readonly name: string;
  readonly enabled: boolean;
  readonly hidden: boolean;
  readonly color: string;
  readonly target: Target;
  readonly titleFormat?: string;
  readonly textFormat?: string;
  readonly tagKeys: readonly string[];
  /** The sample's value is the time, in milliseconds. */
  readonly useValueForTime: boolean;
  /** Panels by id that it is drawn in; absent: all. */
  readonly panels?: { readonly ids: readonly number[]; readonly exclude: boolean };
};

export type DashboardLink = PanelLink & { readonly tags: readonly string[]; readonly type: 'link' | 'dashboards' };

export type Dashboard = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly timezone: 'browser' | 'utc';
  /** As written: "now-15m", "now". */
  readonly time: { readonly from: string; readonly to: string };
  /** As written ("5s"); empty: no refresh. */
  readonly refresh: string;
  readonly refreshChoices: readonly string[];
  readonly sections: readonly Section[];
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  readonly links: readonly DashboardLink[];
};

export const panelsOf = (dashboard: Dashboard): readonly Panel[] => dashboard.sections.flatMap(({ panels }) => panels);
