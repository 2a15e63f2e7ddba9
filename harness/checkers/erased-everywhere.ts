// Of an object that was asked to be erased nothing is left but the places of its events in the log: no row of table events, no entry of a timeline, no body in the park or among the early ones, in no version.
// What must be gone is what the run asked for, not what the target happened to erase: an erasure that was called done and did nothing is found by this.
import type { RunData } from '../engine/run-data.ts';
import { type ErasureClaim, erasureClaims } from '../history/erasure-claims.ts';
import { indexOf, keyOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/erased-everywhere';

export const erasedEverywhere = (run: RunData): CheckResult => {
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so what is missing there proves nothing.');
  const claims = erasureClaims(run);
  if (claims.length === 0) return conclude(id, 'inconclusive', 'Nothing was asked to be erased.');
  const index = indexOf(run);
  const findings = createFindings();
  findUnerased(
    index,
    claims.filter(({ isProven }) => isProven),
    findings,
  );
  findCopies(index, findings);
  const open = claims.filter(({ isProven }) => !isProven).length;
  if (findings.total === 0 && open > 0)
    return conclude(
      id,
      'inconclusive',
      `${open} of ${claims.length} erasures had no proof in the time of the fault: what they left proves nothing.`,
    );
  return concludeFrom(id, findings, {
    good: `Of ${index.rows.erased.length} events of ${claims.length} erased objects nothing is left but their places in the log.`,
    bad: `${findings.total} traces of erased events are left, or events of their objects were left out.`,
    measured: { value: findings.total, unit: 'traces', bound: '= 0' },
  });
};

/** Whatever of the object was in the log before it was asked for. */
const findUnerased = ({ rows, erased }: RunIndex, claims: readonly ErasureClaim[], findings: Findings): void => {
  const claimed = new Map(claims.map((claim) => [keyOf(claim), claim]));
  const found = new Set<string>();
  for (const row of rows.log) {
    const claim = claimed.get(keyOf(row));
    if (claim === undefined || row.lane !== claim.lane || row.position > claim.upTo) continue;
    found.add(keyOf(row));
    if (!erased.has(row.id))
      findings.add(`event ${row.id} was there before its object was asked to be erased, and was left out`, { rows: [row] });
  }
  for (const [key, { systemName, objectId, upTo }] of claimed)
    if (!found.has(key))
      findings.add(`the log has no event of ${systemName} ${objectId} up to position ${upTo}, though an erased one keeps its place`);
};

const findCopies = ({ rows, effects, erased }: RunIndex, findings: Findings): void => {
  for (const [processor, made] of effects)
    for (const event of erased) {
      const effect = made.get(event);
      if (effect !== undefined) findings.add(`${processor} has an effect of event ${event}, which was erased`, { rows: [effect] });
    }
  for (const row of rows.parked)
    if (erased.has(row.id) && row.reasonCode !== null)
      findings.add(`event ${row.id} was erased, but is in the park with a reason`, { rows: [row] });
  for (const row of rows.remnant)
    findings.add(`${row.place} of ${row.processor}@${row.version} still holds something of event ${row.id}, which was erased`, {
      rows: [row],
    });
};
