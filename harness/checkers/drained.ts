// Liveness: once faults are healed and traffic has ended, everything gets where it belongs within the scenario's bound; what does not is named.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'liveness/drained';

export const drained = ({ plan, timeline, evidence }: RunData): CheckResult => {
  const traffic = timeline.phases.filter(({ kind }) => kind !== 'drain').at(-1);
  if (traffic === undefined) return conclude(id, 'inconclusive', 'No phase of traffic took place, so there was nothing to drain.');
  const from = Math.max(traffic.to, ...evidence.map(({ healedAt }) => healedAt ?? 0));
  const boundSeconds = plan.scenario.drainWithinSeconds;
  const bound = `<= ${boundSeconds} s`;
  if (timeline.drainedAt === null) {
    const findings = createFindings();
    for (const reason of timeline.drainPending) findings.add(reason);
    const summary = `Not everything drained within ${boundSeconds} s of the last arrival and healing: ${timeline.drainPending.join('; ') || 'without a reason named'}.`;
    return conclude(id, 'fail', summary, { findings, measured: { value: null, unit: 's', bound } });
  }
  const seconds = Math.max(0, Math.round(timeline.drainedAt - from) / 1000);
  const findings = createFindings();
  if (seconds > boundSeconds)
    findings.add(`drained only ${seconds} s after the last arrival and healing`, { facts: { traffic, drainedAt: timeline.drainedAt } });
  return concludeFrom(id, findings, {
    good: `Everything was drained ${seconds} s after the last arrival and healing.`,
    bad: `Draining took ${seconds} s.`,
    measured: { value: seconds, unit: 's', bound },
  });
};
