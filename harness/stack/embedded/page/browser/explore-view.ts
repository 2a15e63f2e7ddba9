// Grafana's Explore links, shown here: the queries of a link as panels of their own, so that a dashboard's links lead somewhere in both.
import type { Dashboard } from '../../../../dashboards/dashboard.ts';
import { readDashboard } from '../../../../dashboards/read-dashboard.ts';
import { list, record, textOf } from '../../../../dashboards/frames/api-answer.ts';
import type { Json } from '../../../../dashboards/frames/api-answer.ts';
import { showDashboard } from './dashboard-view.ts';

const viewOf = (query: Json): string => {
  const type = textOf(record(query['datasource'])['type']);
  const expression = textOf(query['expr']);
  if (type === 'tempo') return 'table';
  // A LogQL query that begins with a selector is of lines; one that begins with a function is of numbers.
  return type === 'loki' && /^\s*\{/.test(expression) ? 'logs' : 'timeseries';
};

const panelOf = (query: Json, index: number): Json => ({
  type: viewOf(query),
  id: index + 1,
  title: textOf(query['expr']) || textOf(query['query']),
  gridPos: { x: 0, y: index * 20, w: 24, h: 20 },
  datasource: query['datasource'],
  targets: [query],
  fieldConfig: { defaults: {}, overrides: [] },
  options: {},
});

/** `panes` of an Explore link, as a dashboard. Throws where it is none. */
export const exploreDashboard = (search: string): Dashboard => {
  const panes = Object.values(record(JSON.parse(new URLSearchParams(search).get('panes') ?? '{}'))).map(record);
  const queries = panes.flatMap((pane) => list(pane['queries'])).map(record);
  if (queries.length === 0) throw new Error('The link names no query: it must have panes, as Grafana writes them.');
  const range = record(panes[0]?.['range']);
  return readDashboard({
    uid: 'explore',
    title: 'Explore',
    schemaVersion: 42,
    time: { from: textOf(range['from']) || 'now-1h', to: textOf(range['to']) || 'now' },
    panels: queries.map(panelOf),
  });
};

export const showExplore = (app: HTMLElement): void => showDashboard(app, exploreDashboard(location.search));
