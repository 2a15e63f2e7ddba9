// Asks what the variables of a dashboard may be, one after the other: a later one may stand on an earlier one.
import type { Dashboard } from '../../../../dashboards/dashboard.ts';
import { list, record } from '../../../../dashboards/frames/api-answer.ts';
import { variableValues } from '../../../../dashboards/frames/variable-values.ts';
import { interpolate } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { scopeOf } from '../../../../dashboards/interpolation/scope.ts';
import type { VariableChoices } from '../../../../dashboards/interpolation/scope.ts';
import type { LabelValuesQuery, Variable } from '../../../../dashboards/variable.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { ask } from './ask.ts';
import { pageConfig } from './config.ts';

const labelUrl = (query: LabelValuesQuery, scope: Scope, { fromMs, toMs }: TimeRange): string => {
  const label = encodeURIComponent(interpolate(query.label, scope, 'text'));
  const selector = query.selector === undefined ? undefined : interpolate(query.selector, scope, query.datasource);
  const base = pageConfig.backends[query.datasource];
  if (query.datasource === 'loki') {
    const parameters = new URLSearchParams({ start: `${Math.floor(fromMs)}000000`, end: `${Math.ceil(toMs)}000000` });
    if (selector !== undefined) parameters.set('query', selector);
    return `${base}/loki/api/v1/label/${label}/values?${parameters.toString()}`;
  }
  const parameters = new URLSearchParams({ start: String(fromMs / 1_000), end: String(toMs / 1_000) });
  if (selector !== undefined) parameters.set('match[]', selector);
  return `${base}/api/v1/label/${label}/values?${parameters.toString()}`;
};

export type VariableAnswers = { readonly options: ReadonlyMap<string, readonly string[]>; readonly errors: ReadonlyMap<string, string> };

const askOne = async (variable: Variable, scope: Scope, range: TimeRange, signal: AbortSignal): Promise<readonly string[]> => {
  if (variable.source.type !== 'query') return [];
  const answer = await ask(labelUrl(variable.source.query, scope, range), signal);
  return variableValues(
    variable,
    list(record(answer)['data']).filter((value) => typeof value === 'string'),
  );
};

/** A variable that can't be asked says why, and the dashboard goes on with what is chosen. */
export const askVariables = async (
  dashboard: Dashboard,
  choices: VariableChoices,
  range: TimeRange,
  signal: AbortSignal,
): Promise<VariableAnswers> => {
  const options = new Map<string, readonly string[]>();
  const errors = new Map<string, string>();
  for (const variable of dashboard.variables.filter(({ source }) => source.type === 'query')) {
    try {
      const scope = scopeOf(dashboard, choices, options, { ...range, stepMs: 1_000, scrapeMs: 1_000 });
      options.set(variable.name, await askOne(variable, scope, range, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      errors.set(variable.name, (error as Error).message);
    }
  }
  return { options, errors };
};
