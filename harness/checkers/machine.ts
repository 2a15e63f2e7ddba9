// Validity: nobody else starved the run. CPU is attributed by process: what the target and the harness burn is theirs (budgets judge it), only foreign load and steal excuse.
//
// The thresholds are fixed: the heaviest scenario needs most of two cores at its peak and half of them on average. With 40 % of the machine gone on average, or
// 75 % gone for three seconds on end, its budgets would measure the neighbours.
import type { MachineSample, RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/machine';
const meanAtMost = 0.4;
const windowAtMost = 0.75;
const windowMs = 3000;
const fewest = 4;

type Load = { readonly from: number; readonly to: number; readonly foreign: number };

export const machine = (run: RunData): CheckResult => {
  const cores = run.machine.find((sample) => sample.cores !== undefined)?.cores;
  if (cores === undefined)
    return conclude(
      id,
      'inconclusive',
      'The samples of the machine do not say how many cores it has, so the load of others can not be told apart.',
    );
  const loads = foreignLoads(run.machine, cores);
  if (loads.length < fewest)
    return conclude(
      id,
      'inconclusive',
      `The machine was looked at ${run.machine.length} times: too few to know whether the run had it to itself.`,
    );
  const findings = createFindings();
  const mean = weightedMean(loads);
  const worst = worstWindow(loads);
  if (mean > meanAtMost) findings.add(`others took ${percent(mean)} of the machine on average (at most ${percent(meanAtMost)})`);
  if (worst > windowAtMost)
    findings.add(`others took ${percent(worst)} of the machine for ${windowMs / 1000} s on end (at most ${percent(windowAtMost)})`);
  return concludeFrom(id, findings, {
    good: `The run had the machine mostly to itself: others took ${percent(mean)} of it on average, ${percent(worst)} in the worst ${windowMs / 1000} s.`,
    bad: 'The machine was starved by others than this run.',
    measured: { value: Math.round(mean * 1000) / 1000, unit: 'share of all cores', bound: `<= ${meanAtMost}` },
    whenBad: 'inconclusive',
  });
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Busy minus all processes of ours, plus steal, in each stretch between two samples. */
const foreignLoads = (samples: readonly MachineSample[], cores: number): Load[] =>
  samples.slice(1).flatMap((sample, index) => {
    const from = (samples[index] as MachineSample).at;
    const capacity = ((sample.at - from) / 1000) * cores;
    if (capacity <= 0) return [];
    const ours = sample.processes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / capacity;
    return [{ from, to: sample.at, foreign: Math.min(1, Math.max(0, sample.cpuBusy - ours) + sample.cpuSteal) }];
  });

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
