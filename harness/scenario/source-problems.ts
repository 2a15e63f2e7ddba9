// Every mistake of a scenario as its author wrote it, all at once, each with its place in their own text. What the compiled scenario is found wrong with
// is told in the same way, so that there is one list.
import { compileScenario, type CompileOptions } from './compile.ts';
import type { Measures } from './measure.ts';
import { placeInSource } from './places.ts';
import { collectProblems, isText, type Problem, type Reporter } from './problem.ts';
import type { Scenario } from './scenario.ts';
import { type Limits, scenarioProblems } from './scenario-problems.ts';
import type { BudgetSource, BudgetsSource, ScenarioSource } from './source.ts';

export type Compiled = {
  /** null: it has not even the shape of a scenario. */
  readonly scenario: Scenario | null;
  readonly problems: readonly Problem[];
};

/** What is wrong by itself, and what is wrong with what it becomes on this target. */
export const compileWithProblems = (source: ScenarioSource, options: CompileOptions & { readonly limits?: Limits }): Compiled => {
  const own = collectProblems((report) => sourceProblems(source, options.measures, report));
  try {
    // What has not the shape is left out, so that all that is wrong besides is told at once.
    const missing = shapelessFields(source);
    const scenario = compileScenario({ ...source, ...standIns(missing) }, options);
    const found = scenarioProblems(scenario, options.limits).map(({ place, message }) => ({
      place: placeInSource(place, scenario),
      message,
    }));
    const places = own.map(({ place }) => place.replace(/\.measure$/, ''));
    const problems = [...own, ...found.filter(({ place }) => !places.some((known) => place.startsWith(known)))];
    return { scenario: missing.length === 0 ? scenario : null, problems };
  } catch (error) {
    const shapeless = { place: 'scenario', message: `has not the shape of a scenario: ${(error as Error).message}` };
    return { scenario: null, problems: own.length > 0 ? own : [shapeless] };
  }
};

const fields: readonly (keyof ScenarioSource)[] = [
  'name',
  'title',
  'why',
  'set',
  'needs',
  'phases',
  'traffic',
  'reads',
  'consumers',
  'faults',
  'expect',
  'seen',
  'budgets',
  'alerts',
  'mayFire',
  'drainWithinSeconds',
];

const sourceProblems = (source: ScenarioSource, measures: Measures, report: Reporter): void => {
  if (typeof source !== 'object' || source === null) return report('scenario', 'must be an object');
  for (const field of Object.keys(source))
    if (!fields.includes(field as keyof ScenarioSource)) report(field, `a scenario has no such field; it has ${fields.join(', ')}`);
  if (source.set !== undefined && source.set !== 'extra') report('set', `must be "extra" or left out, not ${JSON.stringify(source.set)}`);
  keyedProblems(source, report);
  for (const [name, phase] of Object.entries(source.phases ?? {}))
    budgetsProblems(phase?.budgets, `phases.${name}.budgets`, measures, report);
  budgetsProblems(source.budgets, 'budgets', measures, report);
  alertProblems(source.alerts, report);
};

/** An alert after nothing becomes no expectation at all: it would be demanded by nobody. */
const alertProblems = (alerts: ScenarioSource['alerts'] | undefined, report: Reporter): void => {
  if (!isKeyed(alerts)) return;
  for (const [name, alert] of Object.entries(alerts as Exclude<ScenarioSource['alerts'], 'none'>))
    if (Array.isArray(alert?.after) && alert.after.length === 0)
      report(`alerts.${name}.after`, 'must name at least one cause; an alert that may fire and need not stands in mayFire');
};

const keyedFields = ['phases', 'faults', 'expect', 'seen', 'budgets', 'mayFire', 'alerts'] as const;
type KeyedField = (typeof keyedFields)[number];

const isKeyed = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const shapelessFields = (source: ScenarioSource): readonly KeyedField[] =>
  isKeyed(source)
    ? keyedFields.filter((field) => {
        const value: unknown = source[field];
        if (field === 'alerts' && value === 'none') return false;
        return !isKeyed(value) && (value !== undefined || field === 'phases' || field === 'alerts');
      })
    : [];

const standIns = (missing: readonly KeyedField[]): Partial<ScenarioSource> =>
  Object.fromEntries(missing.map((field) => [field, field === 'alerts' ? 'none' : {}]));

/** What stands under a name must be an object with names in it: a list would be read as names 0, 1, 2 … */
const keyedProblems = (source: ScenarioSource, report: Reporter): void => {
  for (const field of shapelessFields(source))
    report(
      field,
      field === 'alerts'
        ? 'must say which alerts fire and for what; where none may, it is "none"'
        : 'must be an object with a name for each',
    );
};

const budgetsProblems = (budgets: BudgetsSource | undefined, place: string, measures: Measures, report: Reporter): void => {
  for (const [name, budget] of Object.entries(budgets ?? {})) budgetProblems(name, budget, `${place}.${name}`, measures, report);
};

const budgetProblems = (name: string, budget: BudgetSource, place: string, measures: Measures, report: Reporter): void => {
  const { measure, promql } = budget;
  if (promql !== undefined) {
    if (measure !== undefined) report(place, 'has a question of its own and a measure; one of them must go');
    if (!isText(budget.unit) || budget.over === undefined) report(place, 'a question of its own needs a unit, and over: end or every-step');
    return;
  }
  const wanted = measure ?? name;
  if (!Object.hasOwn(measures, wanted)) {
    const known = Object.keys(measures);
    const there = known.length === 0 ? 'this target has none' : `there are ${known.join(', ')}`;
    report(measure === undefined ? place : `${place}.measure`, `the target has no measure ${JSON.stringify(wanted)}; ${there}`);
  }
};
