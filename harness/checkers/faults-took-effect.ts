// Validity: each planned fault shows evidence from the target that it took effect. A fault that did nothing proves nothing.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'validity/faults-took-effect';

export const faultsTookEffect = ({ plan, evidence }: RunData): CheckResult => {
  const { faults } = plan.scenario;
  if (faults.length === 0) return conclude(id, 'pass', 'This scenario plans no fault.');
  const findings = createFindings();
  for (const { name, kind } of faults) {
    const entry = evidence.find(({ fault }) => fault === name);
    if (entry === undefined) findings.add(`fault ${name} (${kind}) was never carried out`);
    else if (!entry.tookEffect)
      findings.add(`fault ${name} (${kind}) took no effect: ${entry.observations.at(-1)?.observed ?? 'nothing was observed'}`, {
        facts: { evidence: entry },
      });
    else if (entry.observations.length === 0)
      findings.add(`fault ${name} (${kind}) says that it took effect, but shows no observation`, { facts: { evidence: entry } });
  }
  return concludeFrom(id, findings, {
    good: `All ${faults.length} faults took effect, by evidence from the target.`,
    bad: `${findings.total} of ${faults.length} faults have no evidence that they took effect.`,
    measured: { value: faults.length - findings.total, unit: 'faults', bound: `= ${faults.length}` },
    whenBad: 'inconclusive',
  });
};
