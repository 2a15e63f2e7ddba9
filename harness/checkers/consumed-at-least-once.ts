// At least once: each event of the log was worked on by one of those who consume elsewhere, and was what stands in the log at its place.
import type { RunData } from '../engine/run-data.ts';
import { consumedOf, cutRecords, linesOf } from '../history/consumed-history.ts';
import { indexOf, type RowOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/consumed-at-least-once';

export const consumedAtLeastOnce = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state is not whole, so an event that is not in it proves nothing.');
  const cut = cutRecords(run);
  const { log } = indexOf(run).rows;
  const places = new Map<string, RowOf<'log'>>();
  for (const row of log) places.set(placeOf(row), row);
  const done = new Set(linesOf(lines, 'done').map(placeOf));
  const findings = createFindings();
  // Who was done with it may stand in what is missing; what was given stands there.
  for (const [place, row] of places)
    if (cut === null && !done.has(place))
      findings.add(`event ${row.id} (lane ${row.lane}, position ${row.position}) was never done by any consumer`, { rows: [row] });
  for (const given of linesOf(lines, 'given')) {
    const row = places.get(placeOf(given));
    if (row?.id !== given.id || row.systemName !== given.systemName || row.objectId !== given.objectId)
      findings.add(
        `${given.by} was given event ${given.id} at lane ${given.lane}, position ${given.position}, where the log has ${row?.id ?? 'none'}`,
        {
          rows: row === undefined ? [] : [row],
          facts: { given },
        },
      );
  }
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `Each of ${places.size} events was done by a consumer, and each that was given stands in the log at its place.`,
    bad: `${findings.total} of ${places.size} events were not consumed, or were others than the log has.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};

const placeOf = ({ lane, position }: { readonly lane: number; readonly position: number }): string => `${lane}/${position}`;
