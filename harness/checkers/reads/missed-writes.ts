// Reads that did not show a write though it was due for longer than allowed: what stale reads and read-your-writes have in common.
import type { RunData } from '../../engine/run-data.ts';
import { cutReads, readsOf, skewMs } from '../../history/reads-of.ts';
import type { ReadOperation } from '../../history/read-operation.ts';
import { visibleWrites } from '../../history/visible-writes.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type ResultId } from '../check.ts';

export type MissedWrites = {
  readonly id: ResultId;
  /** How long after its acknowledgement a write may stay unseen. */
  readonly allowedMs: number;
  readonly of: (read: ReadOperation) => boolean;
};

export const missedWrites = (run: RunData, { id, allowedMs, of }: MissedWrites): CheckResult => {
  const reads = readsOf(run);
  if (typeof reads === 'string') return conclude(id, 'inconclusive', reads);
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so what is parked is not known.');
  const writesOf = visibleWrites(run);
  const findings = createFindings();
  let judged = 0;
  let stalestMs = 0;
  for (const read of reads.filter((each) => each.whole && of(each))) {
    const shown = new Set(read.ids);
    const writes = writesOf(read);
    if (writes.some(({ dueFrom }) => dueFrom + allowedMs + skewMs < read.handedAt)) judged += 1;
    const missed = writes.find((write) => write.dueFrom + skewMs < read.handedAt && !shown.has(write.id));
    if (missed === undefined) continue;
    const staleMs = read.handedAt - missed.dueFrom;
    stalestMs = Math.max(stalestMs, staleMs);
    if (staleMs > allowedMs + skewMs)
      findings.add(
        `read ${read.read} of ${read.kind} ${read.systemName}/${read.objectId} did not show event ${missed.event.event}, acknowledged ${Math.round(staleMs)} ms before`,
        { operations: missed.event.operations, facts: { read: summaryOf(read) } },
      );
  }
  const measured = { value: Math.round(stalestMs), unit: 'ms', bound: `<= ${allowedMs} ms` };
  if (judged === 0) return conclude(id, 'inconclusive', 'No read came late enough after a write to have to show it.', { measured });
  const cut = cutReads(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut, { measured });
  return concludeFrom(id, findings, {
    good: `Each of ${judged} reads showed all writes that were acknowledged over ${allowedMs} ms before it; the stalest missed one of ${Math.round(stalestMs)} ms.`,
    bad: `${findings.total} of ${judged} reads did not show a write that was acknowledged over ${allowedMs} ms before.`,
    measured,
  });
};

/** Without the ids, which may be a thousand. */
export const summaryOf = ({ ids, ...read }: ReadOperation): Record<string, unknown> => ({ ...read, ids: ids.length, last: ids.slice(-3) });
