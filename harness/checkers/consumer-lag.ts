// Agreement on the lag of those who consume elsewhere, while the run goes on: what the telemetry says of it must lie within what the books show around that moment.
// As for lag, three steps on end that disagree are a failure; a single one is an export that came late.
import type { RunData, Series } from '../engine/run-data.ts';
import type { ConsumerBook } from '../history/book-sample.ts';
import { booksSilences, staleIntervals } from '../history/lease-history.ts';
import { type CheckResult, conclude, createFindings, type Findings } from './check.ts';

const id = 'agreement/consumer-lag-over-time';
/** The plot that the harness asks of the telemetry for this. */
export const consumerLagPlot = 'consumer-lag';
const consumerLabel = 'faultline_consumer';
const stepsOnEnd = 3;
const enoughSteps = 5;

export const consumerLag = (run: RunData): CheckResult | readonly CheckResult[] => {
  const samples = (run.books?.rows ?? []).flatMap(({ consumers = [] }) => consumers);
  if (run.plan.scenario.consumers === undefined && samples.length === 0) return [];
  const plot = run.signals?.plots.find(({ name }) => name === consumerLagPlot);
  if (run.signals === null || plot === undefined || plot.error !== undefined)
    return conclude(
      id,
      'inconclusive',
      `The telemetry was not asked for the lag of consumers over time${plot?.error === undefined ? '' : `: ${plot.error}`}.`,
    );
  const staleMs = staleIntervals * run.signals.exportIntervalMs;
  const silences = booksSilences(run);
  const findings = createFindings();
  let [compared, peak] = [0, 0];
  for (const [consumer, books] of Map.groupBy(samples, (sample) => sample.consumer)) {
    const steps = stepsOf(plot.series, consumer).filter(({ at }) => !silences.some(({ from, to }) => at >= from && at <= to));
    const judged = steps.flatMap((step) => judgedBy(step, books, staleMs));
    compared += judged.length;
    peak = Math.max(peak, ...judged.map(({ value }) => value));
    addStretches(consumer, judged, findings);
  }
  if (findings.total > 0)
    return conclude(id, 'fail', 'The lag of consumers in the telemetry is not the one that the books show.', { findings });
  if (compared < enoughSteps)
    return conclude(id, 'inconclusive', `The lag of consumers could be compared in ${compared} steps; ${enoughSteps} are needed.`);
  return conclude(id, 'pass', `The lag of consumers in the telemetry follows the books over ${compared} steps (peak: ${peak} events).`);
};

type Step = { readonly at: number; readonly value: number };
type Judged = Step & { readonly lowest: number; readonly highest: number };

const stepsOf = (all: readonly Series[], consumer: string): readonly Step[] =>
  all
    .filter(({ labels }) => labels[consumerLabel] === consumer)
    .flatMap(({ samples }) => samples.map(([atSeconds, value]) => ({ at: atSeconds * 1000, value })));

/** Heads and checkpoints only grow: between two samples the lag is at most the later head less the earlier checkpoint. Without a sample on either side nothing is known. */
const judgedBy = ({ at, value }: Step, books: readonly ConsumerBook[], staleMs: number): readonly Judged[] => {
  const before = books.findLast((book) => book.at <= at - staleMs);
  const after = books.find((book) => book.at >= at);
  if (before === undefined || after === undefined) return [];
  return [{ at, value, lowest: before.head - after.position, highest: after.head - before.position }];
};

const addStretches = (consumer: string, judged: readonly Judged[], findings: Findings): void => {
  let wrong: Judged[] = [];
  const flush = (): void => {
    if (wrong.length >= stepsOnEnd)
      findings.add(`${consumer}: for ${wrong.length} steps on end the telemetry's lag lay outside of what the books allow`, {
        facts: { steps: wrong.slice(0, 10) },
      });
    wrong = [];
  };
  for (const step of judged) {
    if (step.value < step.lowest || step.value > step.highest) wrong.push(step);
    else flush();
  }
  flush();
};
