// What a client has seen of a key it goes on seeing: a read that is sent after another was answered shows all that the other did, a timeline as its beginning.
import type { RunData } from '../engine/run-data.ts';
import { cutReads, readsOf } from '../history/reads-of.ts';
import type { ReadOperation } from '../history/read-operation.ts';
import { keyOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';
import { summaryOf } from './reads/missed-writes.ts';

const id = 'expectation/monotonic-reads';

export const monotonicReads = (run: RunData): CheckResult => {
  const reads = readsOf(run);
  if (typeof reads === 'string') return conclude(id, 'inconclusive', reads);
  const findings = createFindings();
  let compared = 0;
  for (const ofKey of Map.groupBy(reads, (read) => `${read.kind} ${keyOf(read)}`).values()) compared += compareKey(ofKey, findings);
  if (compared === 0) return conclude(id, 'inconclusive', 'No key was read twice, one read after the other.');
  const cut = cutReads(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `Each of ${compared} reads showed all that the reads of its key before it had shown.`,
    bad: `${findings.total} of ${compared} reads went back behind an earlier read of the same key.`,
    measured: { value: findings.total, unit: 'reads', bound: '= 0' },
  });
};

/** Returns how many reads had one before them. Reads that overlap may see either state. */
const compareKey = (reads: readonly ReadOperation[], findings: Findings): number => {
  const byDone = reads.toSorted((left, right) => left.doneAt - right.doneAt);
  const seen = new Map<number, ReadOperation>();
  let longest: ReadOperation | null = null;
  let [next, compared] = [0, 0];
  for (const read of reads.toSorted((left, right) => left.handedAt - right.handedAt)) {
    for (; next < byDone.length && (byDone[next] as ReadOperation).doneAt < read.handedAt; next += 1) {
      const done = byDone[next] as ReadOperation;
      for (const each of done.ids) seen.set(each, done);
      if (longest === null || done.ids.length > longest.ids.length) longest = done;
    }
    if (longest === null) continue;
    compared += 1;
    const problem = read.kind === 'timeline' ? outOfPlace(read, longest) : null;
    const missing = read.whole ? firstMissing(read, seen) : null;
    if (problem !== null) findings.add(problem, { facts: { earlier: summaryOf(longest), later: summaryOf(read) } });
    else if (missing !== null)
      findings.add(`read ${read.read} no longer showed event ${missing.event}, which read ${missing.by.read} had shown`, {
        facts: { earlier: summaryOf(missing.by), later: summaryOf(read) },
      });
  }
  return compared;
};

const firstMissing = ({ ids }: ReadOperation, seen: ReadonlyMap<number, ReadOperation>) => {
  const shown = new Set(ids);
  for (const [event, by] of seen) if (!shown.has(event)) return { event, by };
  return null;
};

const outOfPlace = (read: ReadOperation, earlier: ReadOperation): string | null => {
  if ((read.total ?? Infinity) < (earlier.total ?? 0))
    return `read ${read.read} counted ${read.total} entries, where read ${earlier.read} had counted ${earlier.total}`;
  const place = earlier.ids.findIndex((event, index) => read.ids[index] !== undefined && read.ids[index] !== event);
  return place === -1
    ? null
    : `read ${read.read} showed event ${read.ids[place]} as entry ${place + 1}, where read ${earlier.read} had shown ${earlier.ids[place]}`;
};
