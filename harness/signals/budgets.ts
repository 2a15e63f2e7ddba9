// The scenario's budgets against what the telemetry answered. Pure. Absent data is never 0: it makes the budget inconclusive, as does a question that failed.
import { conclude, createFindings } from '../checkers/check.ts';
import type { CheckResult } from '../checkers/check.ts';
import type { Sample, ScenarioPlan, Series, SignalsRecord } from '../engine/run-data.ts';
import type { Budget } from '../scenario/scenario.ts';

type BudgetRecord = SignalsRecord['budgets'][number];

/** NaN is what a ratio or a quantile over nothing gives: no data. */
const samplesOf = (series: readonly Series[]): readonly Sample[] =>
  series.flatMap(({ samples }) => samples.filter(([, value]) => !Number.isNaN(value)));

const labelsText = ({ labels }: Series): string => {
  const own = Object.entries(labels).filter(([name]) => !['__name__', 'faultline_run', 'faultline_scenario'].includes(name));
  return own.length === 0 ? '' : ` for ${own.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
};

/** The value that is nearest to breaking the budget. */
const worstOf = ({ atMost }: Budget, values: readonly number[]): number =>
  values.reduce((worst, value) => (atMost === undefined ? Math.min(worst, value) : Math.max(worst, value)));

const breaks = ({ atMost, atLeast }: Budget, value: number): boolean =>
  (atMost !== undefined && value > atMost) || (atLeast !== undefined && value < atLeast);

const boundOf = ({ atMost, atLeast, unit }: Budget): string =>
  [atLeast === undefined ? '' : `>= ${atLeast} ${unit}`, atMost === undefined ? '' : `<= ${atMost} ${unit}`].filter(Boolean).join(' and ');

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));

/** A stretch in which whoever exports the books was dead or stopped by a fault of the scenario: epoch milliseconds. */
export type Silence = { readonly from: number; readonly to: number };

/**
 * Every step must have a value, or what happened in it is not known. One export that is lost or late is bridged by the look-back of the question
 * (look-back.ts), and nothing beyond that is forgiven but what the scenario did itself to the exporter of the books.
 */
const silentSteps = ({ from, to, accounted }: BudgetRecord, samples: readonly Sample[], { intervalMs, silences }: Judging) => {
  const seen = new Set(samples.map(([at]) => Math.round(at * 1_000)));
  const steps = Array.from({ length: Math.floor((to - from) / intervalMs) + 1 }, (_unused, index) => Math.round(from + index * intervalMs));
  const isExcused = (at: number) => accounted && silences.some((silence) => at >= silence.from && at <= silence.to);
  const silent = steps.filter((at) => !seen.has(at));
  return {
    steps: steps.length,
    last: steps.at(-1)!,
    missing: silent.filter((at) => !isExcused(at)),
    excused: silent.filter(isExcused).length,
  };
};

type Judging = { readonly intervalMs: number; readonly silences: readonly Silence[] };

type Known = { readonly missing: string | null; readonly note: string };

const whatIsKnown = (budget: Budget, asked: BudgetRecord, samples: readonly Sample[], judging: Judging): Known => {
  if (samples.length === 0) return { missing: 'the telemetry has no data on it, and absent is not 0', note: '' };
  const silent = budget.eachSeries === true ? asked.series.find((one) => samplesOf([one]).length === 0) : undefined;
  if (silent !== undefined) return { missing: `there is no number${labelsText(silent)}`, note: '' };
  if (budget.over === 'end') return { missing: null, note: '' };
  const { steps, last, missing, excused } = silentSteps(asked, samples, judging);
  const note = excused === 0 ? '' : ` In ${excused} of ${steps} steps its exporter was down by a fault of this scenario.`;
  const [first] = missing;
  if (first === undefined) return { missing: null, note };
  if ((steps - missing.length) / steps >= (budget.knownShare ?? 1) && !missing.includes(last))
    return { missing: null, note: `${note} ${missing.length} of ${steps} steps have no data, which this budget allows.` };
  return { missing: `${missing.length} of ${steps} steps have no data, the first at ${new Date(first).toISOString()}`, note };
};

const violations = (budget: Budget, series: readonly Series[]) => {
  const findings = createFindings();
  for (const one of series) {
    for (const [at, value] of one.samples) {
      if (!breaks(budget, value)) continue;
      findings.add(`${shown(value)} ${budget.unit}${labelsText(one)} at ${new Date(at * 1_000).toISOString()}`, {
        facts: { at, value, labels: one.labels },
      });
    }
  }
  return findings;
};

const judgeBudget = (budget: Budget, asked: BudgetRecord | undefined, judging: Judging): CheckResult => {
  const id = `budget/${budget.name}@${budget.phase}` as const;
  const bound = boundOf(budget);
  if (asked === undefined) return conclude(id, 'inconclusive', `${budget.why} The telemetry was never asked for it.`);
  if (asked.error !== undefined) return conclude(id, 'inconclusive', `${budget.why} It could not be asked: ${asked.error}`);
  const samples = samplesOf(asked.series);
  const findings = violations(budget, asked.series);
  const { missing, note } = whatIsKnown(budget, asked, samples, judging);
  // A value out of bounds is proof, however little else is known.
  if (missing !== null && findings.total === 0) return conclude(id, 'inconclusive', `${budget.why} Not known: ${missing}.`);
  const worst = worstOf(
    budget,
    samples.map(([, value]) => value),
  );
  const measured = { value: Number.isFinite(worst) ? worst : null, unit: budget.unit, bound };
  const said = `Measured ${shown(worst)} ${budget.unit} in ${budget.phase}, allowed is ${bound}.${note}`;
  return conclude(id, findings.total === 0 ? 'pass' : 'fail', `${budget.why} ${said}`, { findings, measured });
};

export const budgetResults = (
  plan: ScenarioPlan,
  signals: SignalsRecord | null,
  silences: readonly Silence[] = [],
): readonly CheckResult[] =>
  plan.scenario.budgets.map((budget) => {
    const asked = signals?.budgets.find(({ name, phase }) => name === budget.name && phase === budget.phase);
    return judgeBudget(budget, asked, { intervalMs: signals?.exportIntervalMs ?? 1_000, silences });
  });
