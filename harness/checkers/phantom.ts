// What is there was sent: no row without an event, no refused event that was stored all the same, no effect of something that is not in the log.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/phantom';

export const phantom = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: nothing can be compared with what was sent.');
  if (!run.historyComplete)
    return conclude(id, 'inconclusive', 'The history is cut off, so a row that it does not mention proves nothing.');
  const findings = createFindings();
  findUnsent(index, findings);
  if (run.finalStateComplete) findEffectsWithoutCause(index, findings);
  return concludeFrom(id, findings, {
    good: `All ${index.rows.log.length} rows of the log were sent, and nothing that was refused is there.`,
    bad: `${findings.total} rows are there that nobody sent, or that were definitely refused.`,
    measured: { value: findings.total, unit: 'rows', bound: '= 0' },
  });
};

/** A row of an erased event has lost the client's id: that it was sent is told by the id that was answered. */
const findUnsent = ({ rows, senderOf, erased, operations }: RunIndex, findings: Findings): void => {
  const answered = new Set(erased.size === 0 ? [] : Array.from(operations, ({ id: of }) => of));
  for (const row of rows.log) {
    if (erased.has(row.id) && answered.has(row.id)) continue;
    const sent = senderOf(row);
    if (sent === undefined) findings.add(`row ${row.id} of the log was sent by nobody`, { rows: [row] });
    else if (sent.outcome === 'failed')
      findings.add(`event ${sent.event} was refused for good, but is in the log`, { rows: [row], operations: sent.operations });
  }
};

const findEffectsWithoutCause = ({ rows, logById, effects }: RunIndex, findings: Findings): void => {
  for (const [processor, applied] of effects) {
    for (const [event, effect] of applied.entries())
      if (!logById.has(event)) findings.add(`${processor} has an effect of event ${event}, which is not in the log`, { rows: [effect] });
  }
  for (const row of [...rows.parked, ...rows.pending]) {
    if (!logById.has(row.id))
      findings.add(`${row.processor} holds event ${row.id} as ${row.kind}, but it is not in the log`, { rows: [row] });
  }
};
