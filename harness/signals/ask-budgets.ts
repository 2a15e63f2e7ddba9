// Every budget of a scenario as a question for its phase, with the answer as it came.
import type { Budget } from '../scenario/scenario.ts';
import type { RunTimeline, ScenarioPlan, Series, SignalsRecord } from '../engine/run-data.ts';
import { attempt } from './attempt.ts';
import type { SignalClient } from './client.ts';
import { lookbackSeconds } from './look-back.ts';
import { phaseDuration, substitute } from './substitute.ts';
import type { RunScope } from './substitute.ts';
import { accountedNames, type TargetSignals } from './target-signals.ts';

type BudgetRecord = SignalsRecord['budgets'][number];
type Stretch = { readonly from: number; readonly to: number };

/** Phase `all` is the whole run, from the first phase's begin to the last one's end. */
const stretchOf = ({ phases }: RunTimeline, name: string): Stretch | null => {
  const chosen = name === 'all' ? phases : phases.filter((phase) => phase.name === name);
  if (chosen.length === 0) return null;
  return { from: Math.min(...chosen.map(({ from }) => from)), to: Math.max(...chosen.map(({ to }) => to)) };
};

export type BudgetQuestions = {
  readonly client: SignalClient;
  readonly scope: RunScope;
  /** null: the target has no books, so that nothing is excused by their exporter's silence. */
  readonly signals: TargetSignals | null;
  readonly plan: ScenarioPlan;
  readonly timeline: RunTimeline;
  readonly exportIntervalMs: number;
};

const selectors = /([A-Za-z_:][\w:]*)\{/g;

/** Whether all that it reads comes from the one elected exporter of the books: while that one is dead by a fault, silence is no lie. */
const asksAccountedAlone = (promql: string, signals: TargetSignals | null): boolean => {
  if (signals === null) return false;
  const names = [...promql.matchAll(selectors)].map(([, name]) => name as string);
  const accounted = accountedNames(signals);
  return names.length > 0 && names.every((name) => accounted.has(name));
};

const askBudget = async (
  { client, scope, signals, timeline, exportIntervalMs }: BudgetQuestions,
  budget: Budget,
): Promise<BudgetRecord> => {
  const { name, phase } = budget;
  const stretch = stretchOf(timeline, phase);
  if (stretch === null)
    return { name, phase, promql: budget.promql, from: 0, to: 0, accounted: false, series: [], error: `phase ${phase} did not take place` };
  const { from, to } = stretch;
  const promql = substitute(budget.promql, scope, phaseDuration(to - from, exportIntervalMs));
  const [step, lookback] = [exportIntervalMs / 1_000, lookbackSeconds(exportIntervalMs)];
  const asking =
    budget.over === 'end' ? client.instant(promql, to / 1_000, lookback) : client.range(promql, from / 1_000, to / 1_000, step, lookback);
  const { value, error } = await attempt<readonly Series[]>(asking, []);
  const accounted = asksAccountedAlone(budget.promql, signals);
  return { name, phase, promql, from, to, accounted, series: value, ...(error === undefined ? {} : { error }) };
};

export const askBudgets = (questions: BudgetQuestions): Promise<readonly BudgetRecord[]> =>
  Promise.all(questions.plan.scenario.budgets.map((budget) => askBudget(questions, budget)));
