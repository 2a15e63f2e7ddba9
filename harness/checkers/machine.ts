// Validity: nobody else starved the run. CPU is attributed by process: what the target and the harness burn is theirs (budgets judge it), only foreign load and steal excuse.
//
// Two thresholds, both fixed. Past the first (40 % on average, or 75 % for three seconds on end) a budget that was missed may have measured the neighbours: it is in
// doubt. A budget that holds there holds all the more, since a foreign load makes nothing faster; and what it could hide otherwise has checks of its own
// (generator, samples, faults-took-effect, telemetry). Past the second, nothing that was measured is worth anything.
import { foreignLoads, type Load } from '../engine/machine/foreign-load.ts';
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/machine';
const doubtful = { mean: 0.4, worst: 0.75 };
const starved = { mean: 0.75, worst: 0.95 };
const windowMs = 3000;
const fewest = 4;

type Foreign = { readonly mean: number; readonly worst: number };

export const machine = (run: RunData): CheckResult => {
  const foreign = foreignOf(run);
  if (typeof foreign === 'string') return conclude(id, 'inconclusive', foreign);
  const { mean, worst } = foreign;
  const findings = createFindings();
  if (mean > starved.mean) findings.add(`others took ${percent(mean)} of the machine on average (at most ${percent(starved.mean)})`);
  if (worst > starved.worst)
    findings.add(`others took ${percent(worst)} of the machine for ${windowMs / 1000} s on end (at most ${percent(starved.worst)})`);
  return concludeFrom(id, findings, {
    good: `The run had enough of the machine: others took ${percent(mean)} of it on average, ${percent(worst)} in the worst ${windowMs / 1000} s.`,
    bad: 'The machine was starved by others than this run.',
    measured: { value: Math.round(mean * 1000) / 1000, unit: 'share of all cores', bound: `<= ${starved.mean}` },
    whenBad: 'inconclusive',
  });
};

/** Why a budget that was missed in this run may not be held against the target; null: nothing excuses it. */
export const machineExcuse = (run: RunData): string | null => {
  const foreign = foreignOf(run);
  if (typeof foreign === 'string') return foreign;
  const { mean, worst } = foreign;
  if (mean <= doubtful.mean && worst <= doubtful.worst) return null;
  return `Others took ${percent(mean)} of the machine on average, ${percent(worst)} in the worst ${windowMs / 1000} s.`;
};

/** What others took, or why it can't be known. */
const foreignOf = (run: RunData): Foreign | string => {
  if (!run.machineComplete) return 'The samples of the machine are cut off, so what others took at the end is not known.';
  const cores = run.machine.find((sample) => sample.cores !== undefined)?.cores;
  if (cores === undefined)
    return 'The samples of the machine do not say how many cores it has, so the load of others can not be told apart.';
  const loads = foreignLoads(run.machine, cores);
  if (loads.length < fewest)
    return `The machine was looked at ${run.machine.length} times: too few to know whether the run had it to itself.`;
  return { mean: weightedMean(loads), worst: worstWindow(loads) };
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const weightedMean = (loads: readonly Load[]): number => {
  const length = loads.reduce((sum, { from, to }) => sum + to - from, 0);
  return length === 0 ? 0 : loads.reduce((sum, { from, to, foreign }) => sum + foreign * (to - from), 0) / length;
};

const worstWindow = (loads: readonly Load[]): number => {
  let worst = 0;
  let first = 0;
  loads.forEach(({ to }, last) => {
    while (first < last && to - (loads[first + 1] as Load).from >= windowMs) first += 1;
    if (to - (loads[first] as Load).from >= windowMs) worst = Math.max(worst, weightedMean(loads.slice(first, last + 1)));
  });
  return worst;
};
