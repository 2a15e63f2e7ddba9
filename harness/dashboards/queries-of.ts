// Every query that a dashboard asks, with its variables filled in: for the checks that each panel has data and that runtimes agree.
import type { Annotation, Dashboard } from './dashboard.ts';
import { panelsOf } from './dashboard.ts';
import { DashboardRefused } from './dashboard-refused.ts';
import type { DashboardProblem } from './dashboard-refused.ts';
import { interpolate } from './interpolation/interpolate.ts';
import { scopeOf } from './interpolation/scope.ts';
import type { VariableChoices } from './interpolation/scope.ts';
import type { Panel } from './panel.ts';
import { targetTimes } from './target-times.ts';
import type { DatasourceKind, QueryKind, Target } from './target.ts';
import type { VariableOptions } from './interpolation/scope.ts';

export type DashboardQuery = {
  /** The dashboard's uid. */
  readonly dashboard: string;
  /** The panel's title; of an annotation `annotation <name>`. */
  readonly panel: string;
  /** null: an annotation. */
  readonly panelId: number | null;
  readonly refId: string;
  readonly datasource: DatasourceKind;
  readonly expr: string;
  readonly kind: QueryKind;
  /** Of a range. */
  readonly stepSeconds: number;
  /** Lines of Loki, traces of Tempo. */
  readonly limit?: number;
};

export type QueriesOptions = {
  readonly variables: VariableChoices;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** The Prometheus datasource's timeInterval: the export interval. */
  readonly timeIntervalSeconds: number;
  /** What variables that are queried may be, where "All" of one has no value of its own. */
  readonly options?: VariableOptions;
};

type Place = Pick<DashboardQuery, 'panel' | 'panelId'> & { readonly interval?: string };

const fillIn = (dashboard: Dashboard, place: Place, target: Target, options: QueriesOptions): readonly DashboardQuery[] => {
  const { fromMs, toMs, stepSeconds, timeIntervalSeconds } = options;
  const times = targetTimes(target, place.interval, { fromMs, toMs, stepMs: stepSeconds * 1_000, scrapeMs: timeIntervalSeconds * 1_000 });
  const scope = scopeOf(dashboard, options.variables, options.options ?? new Map(), times);
  const expr = interpolate(target.expr, scope, target.datasource);
  const { panel, panelId } = place;
  return target.kinds.map((kind) => ({
    dashboard: dashboard.uid,
    panel,
    panelId,
    refId: target.refId,
    datasource: target.datasource,
    expr,
    kind,
    stepSeconds: times.stepMs / 1_000,
    ...(target.limit === undefined ? {} : { limit: target.limit }),
  }));
};

const unknownChoices = (dashboard: Dashboard, choices: VariableChoices): readonly DashboardProblem[] =>
  Object.keys(choices)
    .filter((name) => !dashboard.variables.some((variable) => variable.name === name))
    .map((name) => ({
      place: dashboard.uid,
      message: `has no variable ${name} (${dashboard.variables.map((known) => known.name).join(', ')})`,
    }));

const placesOf = (dashboard: Dashboard): readonly (readonly [Place, Target])[] => [
  ...panelsOf(dashboard).flatMap((panel: Panel) =>
    panel.targets.map(
      (target) =>
        [{ panel: panel.title, panelId: panel.id, ...(panel.interval === undefined ? {} : { interval: panel.interval }) }, target] as const,
    ),
  ),
  ...dashboard.annotations.map(
    (annotation: Annotation) => [{ panel: `annotation ${annotation.name}`, panelId: null }, annotation.target] as const,
  ),
];

/**
 * Queries of panels, those in collapsed rows too, and of annotations; hidden targets are not asked. One entry a kind: a target that is asked both instant and
 * over the range gives two. Throws DashboardRefused where a variable is unknown or has no value.
 */
export const queriesOf = (dashboard: Dashboard, options: QueriesOptions): readonly DashboardQuery[] => {
  const problems: DashboardProblem[] = [...unknownChoices(dashboard, options.variables)];
  const queries = placesOf(dashboard).flatMap(([place, target]) => {
    try {
      return target.hidden ? [] : fillIn(dashboard, place, target, options);
    } catch (error) {
      problems.push({ place: `${dashboard.uid} › ${place.panel} › ${target.refId}`, message: (error as Error).message });
      return [];
    }
  });
  if (problems.length > 0) throw new DashboardRefused(problems);
  return queries;
};
