// Where nothing is poisoned, nothing is parked.
import type { RunData } from '../engine/run-data.ts';
import { indexOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/no-dead-letters';

export const noDeadLetters = (run: RunData): CheckResult => {
  if (!run.finalStateComplete) return conclude(id, 'inconclusive', 'The final state was not read back whole.');
  const findings = createFindings();
  for (const row of indexOf(run).rows.parked)
    findings.add(`${row.processor} holds event ${row.id} parked (${row.reasonCode ?? 'it waits behind another'})`, { rows: [row] });
  return concludeFrom(id, findings, {
    good: 'Nothing is parked.',
    bad: `${findings.total} events are parked, though nothing was wrong with them.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};
