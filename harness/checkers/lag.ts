// Agreement on lag over time: at each step the signal must lie within what the history alone shows around it. A lag that is always reported as 0 is a lie told
// for long, so only three steps on end that disagree are a failure; a single one is an export that came late.
import type { RunData, Series } from '../engine/run-data.ts';
import { type LagHistory, lagHistory } from '../history/lag-history.ts';
import { dutyOutages, type Outage } from '../history/lease-history.ts';
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
/** A sample shows the books as they were up to one export interval ago, and half of one more for reading and sending them. */
const staleIntervals = 1.5;
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
  const outages = dutyOutages(run);
  let compared = 0;
  for (const processor of processors) {
    const steps = stepsOf(plot.series, processor).filter(({ at }) => !isStale(at, outages, run.signals?.exportIntervalMs ?? 0));
    if (steps.length === 0) silent.push(processor);
    compared += steps.length;
    compareSteps(processor, steps, lagHistory(run, processor), run.signals.exportIntervalMs, findings);
  }
  if (findings.total > 0) return conclude(id, 'fail', 'The lag in the telemetry is not the lag that the history shows.', { findings });
  if (silent.length > 0) return conclude(id, 'inconclusive', `The telemetry has no lag of ${silent.join(' and ')}; absent is not 0.`);
  const peaks = processors.map((processor) => `${processor} ${lagHistory(run, processor).peak.value}`).join(', ');
  return conclude(
    id,
    'pass',
    `The lag in the telemetry follows the one in the history over ${compared} steps (peak in the history: ${peaks}).`,
  );
};

/** From the death of the exporter until its successor's first export. */
const isStale = (at: number, outages: readonly Outage[], exportIntervalMs: number): boolean =>
  outages.some(({ from, to }) => at >= from && at <= to + staleIntervals * exportIntervalMs);

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
          processor,
          steps: wrong.slice(0, 10).map(({ at, value }) => ({ at, telemetry: value, history: history.at(at) })),
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
