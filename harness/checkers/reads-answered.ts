// Whoever reads is answered: each read that was sent had an answer in time, and nothing there is one. The checks of what was shown know only of reads that were answered.
import type { RunData } from '../engine/run-data.ts';
import { cutReads } from '../history/reads-of.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';
import { summaryOf } from './reads/missed-writes.ts';

const id = 'expectation/reads-answered';

export const readsAnswered = (run: RunData): CheckResult => {
  const { reads } = run;
  if (reads === null || reads.rows.length === 0) return conclude(id, 'inconclusive', 'Nobody read, so nothing is known of answers.');
  const { rows } = reads;
  const findings = createFindings();
  for (const read of rows.filter(({ outcome }) => outcome !== 'ok')) {
    const { kind, systemName, objectId, status, code } = read;
    findings.add(`read ${read.read} of ${kind} ${systemName}/${objectId} ended with ${status ?? code ?? 'no answer'}`, {
      facts: { read: summaryOf(read) },
    });
  }
  const cut = cutReads(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `All ${rows.length} reads were answered.`,
    bad: `${findings.total} of ${rows.length} reads were not answered, or with an error.`,
    measured: { value: findings.total, unit: 'reads', bound: '= 0' },
  });
};
