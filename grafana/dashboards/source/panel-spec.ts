// What every panel has, whatever its kind: a question, a unit, limits, ways on.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { DashboardLink, ThresholdsConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Datasource } from './datasource.ts';
import { type Limits, thresholdsOf } from './limits.ts';
import { type Link, toBuilder } from './link.ts';
import type { TargetOf } from './target.ts';

export type PanelSpec = {
  /** Part of links to the panel and of what the harness records: given once, never reused for another question. */
  readonly id: number;
  readonly title: string;
  /** What an operator asks when looking here, and how to read the answer. */
  readonly question: string;
  readonly unit: string;
  readonly targets: readonly TargetOf[];
  readonly limits?: Limits;
  /** From a value to the traces or log lines behind it. */
  readonly behind: readonly Link[];
  /** From the panel's head to its runbook, or to the dashboard that goes further. */
  readonly onward: readonly Link[];
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
};

/** What the builders of all kinds share. */
export type PanelBuilder = {
  id(id: number): unknown;
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: DataSourceRef): unknown;
  unit(unit: string): unknown;
  noValue(text: string): unknown;
  thresholds(thresholds: Builder<ThresholdsConfig>): unknown;
  dataLinks(links: Builder<DashboardLink>[]): unknown;
  links(links: Builder<DashboardLink>[]): unknown;
  targets(targets: Builder<Dataquery>[]): unknown;
  span(columns: number): unknown;
  height(rows: number): unknown;
};

const refIdOf = (index: number): string => String.fromCodePoint('A'.codePointAt(0)! + index);

export const applySpec = <Kind extends PanelBuilder>(builder: Kind, spec: PanelSpec, datasource: Datasource): Kind => {
  builder.id(spec.id);
  builder.title(spec.title);
  builder.description(spec.question);
  builder.datasource(datasource);
  builder.unit(spec.unit);
  builder.noValue('no data');
  builder.thresholds(thresholdsOf(spec.limits ?? {}));
  builder.dataLinks(spec.behind.map(toBuilder));
  builder.links(spec.onward.map(toBuilder));
  builder.targets(spec.targets.map((target, index) => target(refIdOf(index))));
  builder.span(spec.width);
  builder.height(spec.height);
  return builder;
};
