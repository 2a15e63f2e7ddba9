// The scenario's budgets against what the telemetry answered. Pure. Absent data is never 0: it makes the budget inconclusive, as does a question that failed.
import { conclude, createFindings } from '../checkers/check.ts';
import type { CheckResult } from '../checkers/check.ts';
import type { Sample, ScenarioPlan, Series, SignalsRecord } from '../engine/run-data.ts';
import type { Budget } from '../scenario/scenario.ts';

type BudgetRecord = SignalsRecord['budgets'][number];

/** NaN is what a ratio or a quantile over nothing gives: no data. */
const samplesOf = (series: readonly Series[]): readonly Sample[] =>
  series.flatMap(({ samples }) => samples.filter(([, value]) => !Number.isNaN(value)));

/** The value that is nearest to breaking the budget. */
const worstOf = ({ atMost }: Budget, values: readonly number[]): number =>
  values.reduce((worst, value) => (atMost === undefined ? Math.min(worst, value) : Math.max(worst, value)));

const breaks = ({ atMost, atLeast }: Budget, value: number): boolean =>
  (atMost !== undefined && value > atMost) || (atLeast !== undefined && value < atLeast);

const boundOf = ({ atMost, atLeast, unit }: Budget): string =>
  [atLeast === undefined ? '' : `>= ${atLeast} ${unit}`, atMost === undefined ? '' : `<= ${atMost} ${unit}`].filter(Boolean).join(' and ');

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));

/** Of the steps in a phase at least half must have a value, or what happened in the others is not known. */
const enoughSteps = 0.5;

const stepsAsked = ({ from, to }: BudgetRecord, exportIntervalMs: number): number => Math.floor((to - from) / exportIntervalMs) + 1;

const missingData = (budget: Budget, asked: BudgetRecord, samples: readonly Sample[], exportIntervalMs: number): string | null => {
  if (samples.length === 0) return 'the telemetry has no data on it, and absent is not 0';
  const steps = stepsAsked(asked, exportIntervalMs);
  const seen = new Set(samples.map(([at]) => at)).size;
  if (budget.over === 'end' || seen >= steps * enoughSteps) return null;
  return `only ${seen} of ${steps} steps have data`;
};

const labelsText = ({ labels }: Series): string => {
  const own = Object.entries(labels).filter(([name]) => !['__name__', 'faultline_run', 'faultline_scenario'].includes(name));
  return own.length === 0 ? '' : ` for ${own.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
};

const violations = (budget: Budget, series: readonly Series[]) => {
  const findings = createFindings();
  for (const one of series) {
    for (const [at, value] of one.samples) {
      if (!breaks(budget, value)) continue;
      findings.add(`${shown(value)} ${budget.unit}${labelsText(one)} at ${new Date(at * 1_000).toISOString()}`, {
        at,
        value,
        labels: one.labels,
      });
    }
  }
  return findings;
};

const judgeBudget = (budget: Budget, asked: BudgetRecord | undefined, exportIntervalMs: number): CheckResult => {
  const id = `budget/${budget.name}@${budget.phase}` as const;
  const bound = boundOf(budget);
  if (asked === undefined) return conclude(id, 'inconclusive', `${budget.why} The telemetry was never asked for it.`);
  if (asked.error !== undefined) return conclude(id, 'inconclusive', `${budget.why} It could not be asked: ${asked.error}`);
  const samples = samplesOf(asked.series);
  const findings = violations(budget, asked.series);
  const missing = missingData(budget, asked, samples, exportIntervalMs);
  // A value out of bounds is proof, however little else is known.
  if (missing !== null && findings.total === 0) return conclude(id, 'inconclusive', `${budget.why} Not known: ${missing}.`);
  const worst = worstOf(
    budget,
    samples.map(([, value]) => value),
  );
  const measured = { value: Number.isFinite(worst) ? worst : null, unit: budget.unit, bound };
  const said = `Measured ${shown(worst)} ${budget.unit} in ${budget.phase}, allowed is ${bound}.`;
  return conclude(id, findings.total === 0 ? 'pass' : 'fail', `${budget.why} ${said}`, { findings, measured });
};

export const budgetResults = (plan: ScenarioPlan, signals: SignalsRecord | null): readonly CheckResult[] =>
  plan.scenario.budgets.map((budget) => {
    const asked = signals?.budgets.find(({ name, phase }) => name === budget.name && phase === budget.phase);
    return judgeBudget(budget, asked, signals?.exportIntervalMs ?? 1_000);
  });
