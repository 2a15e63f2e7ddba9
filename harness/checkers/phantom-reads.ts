// What was read is real and stays: each event that a read showed is in the log, was sent before the read ended, and a timeline that was read is the beginning of the
// one at the end.
import type { RunData } from '../engine/run-data.ts';
import { cutReads, readsOf, skewMs } from '../history/reads-of.ts';
import type { ReadOperation } from '../history/read-operation.ts';
import { indexOf, keyOf, keyValueOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';
import { summaryOf } from './reads/missed-writes.ts';

const id = 'expectation/phantom-reads';

export const phantomReads = (run: RunData): CheckResult => {
  const reads = readsOf(run);
  if (typeof reads === 'string') return conclude(id, 'inconclusive', reads);
  if (!run.finalStateComplete || !run.historyComplete)
    return conclude(id, 'inconclusive', 'The history or the final state is not whole, so an event that is not in it proves nothing.');
  const index = indexOf(run);
  const finalOf = finalTimelines(index);
  const findings = createFindings();
  let shown = 0;
  for (const read of reads) {
    shown += read.ids.length;
    const problem = problemOf(read, index, finalOf(read));
    if (problem !== null)
      findings.add(`read ${read.read} of ${read.kind} ${read.systemName}/${read.objectId} ${problem}`, {
        facts: { read: summaryOf(read) },
      });
  }
  if (shown === 0) return conclude(id, 'inconclusive', 'No read showed anything.');
  const cut = cutReads(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `All ${shown} events that ${reads.length} reads showed were sent before, are in the log, and stood where they stand at the end.`,
    bad: `${findings.total} of ${reads.length} reads showed what was not there.`,
    measured: { value: findings.total, unit: 'reads', bound: '= 0' },
  });
};

/** The ids of a key's entries at the end. */
const finalTimelines = ({ rows, timelines, operations }: RunIndex): ((read: ReadOperation) => Float64Array) => {
  const ids = rows['timeline-entry'].column('eventId');
  return (read) => Float64Array.from(timelines.rowsOf(timelines.find(keyValueOf(read, operations))), (row) => ids.numberAt(row));
};

const problemOf = (read: ReadOperation, { logById, senderOf }: RunIndex, final: Float64Array): string | null => {
  for (const event of read.ids) {
    const row = logById.get(event);
    if (row === undefined) return `showed event ${event}, which is not in the log`;
    if (keyOf(row) !== keyOf(read)) return `showed event ${event}, which is of another key`;
    const handedAt = Math.min(...(senderOf(row)?.operations ?? []).map((operation) => operation.handedAt));
    if (handedAt > read.doneAt + skewMs) return `showed event ${event} before it was sent`;
  }
  if (read.kind !== 'timeline') return null;
  const place = read.ids.findIndex((event, index) => final[index] !== event);
  return place === -1 ? null : `showed event ${read.ids[place]} as entry ${place + 1}, which is ${final[place] ?? 'nothing'} at the end`;
};
