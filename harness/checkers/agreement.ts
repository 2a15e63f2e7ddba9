// Agreement: the two witnesses say the same of the same thing. Telemetry that says "0 duplicates" while the history holds 37 is a failure of its own class.
import { type Comparison, compareWitnesses, type Topic, topics } from '../engine/compare-witnesses.ts';
import type { RunData } from '../engine/run-data.ts';
import { cutRecords } from '../history/consumed-history.ts';
import { type CheckResult, conclude, createFindings } from './check.ts';

const about: Readonly<Record<Topic, string>> = {
  appended: 'events in the log',
  duplicates: 'duplicates answered from the dedupe window',
  conflicts: 'conflicting deliveries',
  applied: 'events applied',
  parked: 'events parked',
  pending: 'early events that wait',
  'dead-letters': 'dead letters by reason',
  drop: 'events dropped',
  'effect-surplus': 'effects too many or too few',
  'final-lag': 'lag at the end',
  refusals: 'refusals by code',
  'consumer-lag': 'events not yet checkpointed by those who consume elsewhere',
  'consumer-checkpoints': 'checkpoints of those who consume elsewhere, by what became of them',
};

export const agreement = (run: RunData): CheckResult | readonly CheckResult[] => {
  if (run.signals === null) return conclude('agreement/signals', 'inconclusive', 'There is no telemetry to compare the history with.');
  if (!run.historyComplete || !run.finalStateComplete) {
    return conclude(
      'agreement/signals',
      'inconclusive',
      'The history or the final state is not whole, so a difference to the telemetry would prove nothing.',
    );
  }
  const byTopic = Map.groupBy(compareWitnesses(run), ({ topic }) => topic);
  return topics
    .filter((topic) => byTopic.has(topic))
    .map((topic) =>
      resultOf(topic, byTopic.get(topic) as readonly Comparison[], topic === 'consumer-checkpoints' ? cutRecords(run) : null),
    );
};

/** `cut`: why agreement proves nothing; a contradiction does all the same. */
const resultOf = (topic: Topic, comparisons: readonly Comparison[], cut: string | null): CheckResult => {
  const findings = createFindings();
  for (const comparison of comparisons.filter(({ agrees }) => !agrees)) findings.add(describe(comparison), { facts: { comparison } });
  const contradicted = comparisons.some(({ agrees, telemetry }) => !agrees && telemetry !== null);
  const outcome = contradicted ? 'fail' : findings.total > 0 || cut !== null ? 'inconclusive' : 'pass';
  const said = comparisons.map(({ history, telemetry }) => `${history}/${telemetry ?? 'none'}`).join(', ');
  const summary = {
    pass: `History and telemetry agree on ${about[topic]}: ${said}.`,
    fail: `History and telemetry contradict each other on ${about[topic]} (history/telemetry: ${said}).`,
    inconclusive: findings.total === 0 && cut !== null ? cut : `The telemetry has no sample of ${about[topic]}; absent is not 0.`,
  }[outcome];
  const [only] = comparisons;
  const measured =
    comparisons.length === 1 && only !== undefined
      ? { value: only.telemetry, unit: 'events', bound: only.tolerance === 'exact' ? `= ${only.history}` : only.tolerance }
      : undefined;
  return conclude(`agreement/${topic}`, outcome, summary, { findings, measured });
};

const describe = ({ signal, history, telemetry, tolerance }: Comparison): string =>
  telemetry === null
    ? `${signal}: the history says ${history}, the telemetry has no sample`
    : `${signal}: the history says ${history}, the telemetry ${telemetry} (${tolerance})`;
