// Validity: each fault was healed, and seen healed, before the end was looked at. What is still broken can not be expected to drain.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/faults-healed';

export const faultsHealed = ({ evidence }: RunData): CheckResult => {
  if (evidence.length === 0) return conclude(id, 'pass', 'No fault was carried out, so none had to be healed.');
  const findings = createFindings();
  for (const entry of evidence) {
    if (!entry.healed || entry.healedAt === null)
      findings.add(`fault ${entry.fault} (${entry.kind}) was not healed`, { facts: { evidence: entry } });
  }
  return concludeFrom(id, findings, {
    good: `All ${evidence.length} faults were healed.`,
    bad: `${findings.total} of ${evidence.length} faults were not healed.`,
    whenBad: 'inconclusive',
  });
};
