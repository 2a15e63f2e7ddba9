// Agreement on lag over time: at each step the signal must lie within what the history alone shows around it. A lag that is always reported as 0 is a lie told
// for long, so only three steps on end that disagree are a failure; a single one is an export that came late.
import type { RunData, Series } from '../engine/run-data.ts';
import { type LagHistory, lagHistory } from '../history/lag-history.ts';
import { booksSilences, type Outage, staleIntervals } from '../history/lease-history.ts';
import { indexOf, processors } from '../history/run-index.ts';
import { type CheckResult, conclude, createFindings, type Findings } from './check.ts';

const id = 'agreement/lag';
/** The plot that the harness asks of the telemetry for this: lag by processor, lanes summed. */
export const lagPlot = 'lag';
const processorLabel = 'faultline_processor';
const stepsOnEnd = 3;
/** In flight between append and answer, or between apply and commit: a few batches of group commit and of a worker. */
const toleranceEvents = 150;
const toleranceShare = 0.25;
/**
 * Of the seconds of the run that have to show a lag at all: a lie can hide in seconds that nobody saw. The look-back bridges one lost export; a fifth more
 * may be missing, which leaves no room for three steps on end to be wrong unseen in more than a corner of the run.
 */
const enoughSteps = 0.8;
const aheadMs = 500;

export const lag = (run: RunData): CheckResult => {
  const plot = run.signals?.plots.find(({ name }) => name === lagPlot);
  if (run.signals === null || plot === undefined || plot.error !== undefined) {
    return conclude(
      id,
      'inconclusive',
      `The telemetry was not asked for lag over time${plot?.error === undefined ? '' : `: ${plot.error}`}.`,
    );
  }
  if (!run.finalStateComplete || indexOf(run).rows.log.length === 0)
    return conclude(id, 'inconclusive', 'Without the whole final state the history has no lag.');
  const findings = createFindings();
  const silent: string[] = [];
  const silences = booksSilences(run);
  const due = stepsDue(run).filter((at) => !isSilent(at, silences));
  let compared = 0;
  for (const processor of processors) {
    const steps = stepsOf(plot.series, processor).filter(({ at }) => !isSilent(at, silences));
    const seen = new Set(steps.map(({ at }) => at));
    const known = due.filter((at) => seen.has(at)).length;
    if (known === 0 || known < due.length * enoughSteps) silent.push(`${processor} in ${due.length - known} of ${due.length} steps`);
    compared += steps.length;
    compareSteps(processor, steps, lagHistory(run, processor), run.signals.exportIntervalMs, findings);
  }
  if (findings.total > 0) return conclude(id, 'fail', 'The lag in the telemetry is not the lag that the history shows.', { findings });
  if (silent.length > 0) return conclude(id, 'inconclusive', `The telemetry has no lag of ${silent.join(' and of ')}; absent is not 0.`);
  const peaks = processors.map((processor) => `${processor} ${lagHistory(run, processor).peak.value}`).join(', ');
  return conclude(
    id,
    'pass',
    `The lag in the telemetry follows the one in the history over ${compared} steps (peak in the history: ${peaks}).`,
  );
};

const isSilent = (at: number, silences: readonly Outage[]): boolean => silences.some(({ from, to }) => at >= from && at <= to);

/** Each whole second from the first arrival to the end, as the plots are asked for. */
const stepsDue = ({ timeline: { zeroAt, drainedAt, phases } }: RunData): readonly number[] => {
  const first = Math.ceil(zeroAt / 1000);
  const last = Math.floor(Math.max(drainedAt ?? 0, ...phases.map(({ to }) => to)) / 1000);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_unused, index) => (first + index) * 1000);
};

type Step = { readonly at: number; readonly value: number };

const stepsOf = (all: readonly Series[], processor: string): readonly Step[] => {
  const sums = new Map<number, number>();
  for (const { labels, samples } of all) {
    if (labels[processorLabel] !== processor) continue;
    for (const [atSeconds, value] of samples) sums.set(atSeconds, (sums.get(atSeconds) ?? 0) + value);
  }
  return [...sums].map(([atSeconds, value]) => ({ at: atSeconds * 1000, value })).toSorted((left, right) => left.at - right.at);
};

const compareSteps = (
  processor: string,
  steps: readonly Step[],
  history: LagHistory,
  exportIntervalMs: number,
  findings: Findings,
): void => {
  let wrong: Step[] = [];
  const flush = (): void => {
    const [first] = wrong;
    if (wrong.length >= stepsOnEnd && first !== undefined) {
      const worst = wrong.reduce(
        (most, step) => (Math.abs(step.value - history.at(step.at)) > Math.abs(most.value - history.at(most.at)) ? step : most),
        first,
      );
      findings.add(
        `${processor}: for ${wrong.length} steps on end the telemetry was wrong; at its worst it said ${worst.value} while the history says ${history.at(worst.at)}`,
        {
          facts: { processor, steps: wrong.slice(0, 10).map(({ at, value }) => ({ at, telemetry: value, history: history.at(at) })) },
        },
      );
    }
    wrong = [];
  };
  for (const step of steps) {
    const { lowest, highest } = history.range(step.at - staleIntervals * exportIntervalMs, step.at + aheadMs);
    const tooLow = step.value < lowest * (1 - toleranceShare) - toleranceEvents;
    const tooHigh = step.value > highest * (1 + toleranceShare) + toleranceEvents;
    if (tooLow || tooHigh) wrong.push(step);
    else flush();
  }
  flush();
};
