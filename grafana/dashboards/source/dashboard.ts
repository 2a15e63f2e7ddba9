// What all dashboards have in common: how they are called, found, refreshed, narrowed and left for the next.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  TimePickerBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { run, runbooksPlace, scenario } from './variable.ts';

export type Row = { readonly id: number; readonly title: string; readonly panels: readonly Builder<Panel>[] };

export type DashboardSpec = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Beside run and scenario, which every dashboard has. */
  readonly variables?: readonly Builder<VariableModel>[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  readonly rows: readonly Row[];
};

const tag = 'faultline';

export const defineDashboard = (spec: DashboardSpec): Dashboard => {
  const builder = new DashboardBuilder(`faultline / ${spec.title}`)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-15m', to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['1s', '5s', '10s', '30s', '1m', '5m']))
    .refresh('5s')
    .variables([run(), scenario(), ...(spec.variables ?? []), runbooksPlace()])
    .annotations([...(spec.annotations ?? [])])
    .link(toTheOthers());
  for (const { id, title, panels } of spec.rows) {
    builder.withRow(new RowBuilder(title).id(id));
    for (const panel of panels) builder.withPanel(panel);
  }
  return builder.build();
};

/** A link to each dashboard with our tag, with time and variables kept. */
const toTheOthers = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('faultline').type(DashboardLinkType.Dashboards).tags([tag]).includeVars(true).keepTime(true);
