// What the dashboards ask, over the traffic of a scenario: the queries of panels and annotations, and those that fill the variables.
import type { Dashboard } from '../dashboards/dashboard.ts';
import { builtIns } from '../dashboards/interpolation/built-ins.ts';
import { interpolate } from '../dashboards/interpolation/interpolate.ts';
import { scopeOf } from '../dashboards/interpolation/scope.ts';
import { type DashboardQuery, type QueriesOptions, queriesOf } from '../dashboards/queries-of.ts';
import type { Variable } from '../dashboards/variable.ts';

export type PanelQuestion = Pick<DashboardQuery, 'dashboard' | 'panel' | 'panelId' | 'refId' | 'datasource' | 'kind' | 'limit'> & {
  readonly query: string;
};

/** Throws DashboardRefused where a query can not be filled in. */
export const panelQuestions = (dashboard: Dashboard, options: QueriesOptions): readonly PanelQuestion[] => [
  ...queriesOf(dashboard, options).map(({ expr, stepSeconds: _step, ...query }) => ({ ...query, query: expr })),
  ...dashboard.variables.flatMap((variable) => variableQuestion(dashboard, variable, options)),
];

/** As PromQL: the values of a label are those that its series are grouped by. */
const variableQuestion = (dashboard: Dashboard, { name, source }: Variable, options: QueriesOptions): readonly PanelQuestion[] => {
  if (source.type !== 'query' || source.query.datasource !== 'prometheus' || source.query.selector === undefined) return [];
  const { fromMs, toMs, stepSeconds, timeIntervalSeconds } = options;
  const times = { fromMs, toMs, stepMs: stepSeconds * 1000, scrapeMs: timeIntervalSeconds * 1000 };
  const scope = { ...scopeOf(dashboard, options.variables, new Map(), times), builtIns: builtIns(times, dashboard) };
  const selector = interpolate(source.query.selector, scope, 'prometheus');
  const query = `count by (${source.query.label}) (${selector})`;
  return [
    { dashboard: dashboard.uid, panel: `variable ${name}`, panelId: null, refId: name, datasource: 'prometheus', kind: 'range', query },
  ];
};
