// Of an event whose object was erased nothing is left but its place in the log: no row of table events, no entry of a timeline, no body in the park or among the early ones.
// Every event of the object that came before one that was erased is erased too.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, keyOf, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/erased-everywhere';

export const erasedEverywhere = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so what is missing there proves nothing.');
  const { erased } = index.rows;
  if (erased.length === 0) return conclude(id, 'inconclusive', 'Nothing was erased.');
  const findings = createFindings();
  findEffects(index, findings);
  findUnerased(index, findings);
  return concludeFrom(id, findings, {
    good: `Of ${erased.length} erased events nothing is left but their places in the log, and no earlier event of their objects was left out.`,
    bad: `${findings.total} traces of erased events are left, or events of their objects were left out.`,
    measured: { value: findings.total, unit: 'traces', bound: '= 0' },
  });
};

const findEffects = ({ rows, effects, erased }: RunIndex, findings: Findings): void => {
  for (const [processor, made] of effects)
    for (const event of erased) {
      const effect = made.get(event);
      if (effect !== undefined) findings.add(`${processor} has an effect of event ${event}, which was erased`, { rows: [effect] });
    }
  for (const row of rows.parked)
    if (erased.has(row.id) && row.reasonCode !== null)
      findings.add(`event ${row.id} was erased, but is in the park with a reason`, { rows: [row] });
};

/** Whatever lies before an erased event of its object, in its lane, was there when it was erased. */
const findUnerased = ({ rows, erased }: RunIndex, findings: Findings): void => {
  const last = new Map<string, RowOf<'erased'>>();
  for (const row of rows.erased) {
    const known = last.get(keyOf(row));
    if (known === undefined || known.position < row.position) last.set(keyOf(row), row);
  }
  for (const row of rows.log) {
    const until = last.get(keyOf(row));
    if (until !== undefined && row.lane === until.lane && row.position < until.position && !erased.has(row.id))
      findings.add(`event ${row.id} came before event ${until.id} of its object, which was erased, and was left out`, {
        rows: [row, until],
      });
  }
};
