// Promise 1 and 4: what was acknowledged is in the log, and what a checkpoint has passed is applied, parked or waiting. Nothing vanishes.
import type { RunData } from '../engine/run-data.ts';
import { isErased } from '../history/erased-events.ts';
import { indexOf, processors, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/lost';

export const lost = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: nothing was promised that could be lost.');
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so what is missing there proves nothing.');
  const findings = createFindings();
  const acknowledged = findUnlogged(index, findings);
  for (const processor of processors) findUnapplied(index, processor, findings);
  return concludeFrom(id, findings, {
    good: `All ${acknowledged} acknowledged events are in the log, and all that the processors passed is applied, parked or waiting for its turn.`,
    bad: `${findings.total} events that were acknowledged or passed by a processor are gone.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};

const findUnlogged = ({ events, isLogged, erased }: RunIndex, findings: Findings): number => {
  let acknowledged = 0;
  for (const event of events) {
    if (event.outcome !== 'ok') continue;
    acknowledged += 1;
    if (!isLogged(event.first) && !isErased(event, erased))
      findings.add(`event ${event.event} was acknowledged, but is not in the log`, { operations: event.operations });
  }
  return acknowledged;
};

/** Ignored, discarded, skipped and shed events leave no row; the books say how many of a lane there may be. */
const findUnapplied = ({ rows, effects, logByLane }: RunIndex, processor: string, findings: Findings): void => {
  const applied = effects.get(processor);
  const held = new Set([...rows.parked, ...rows.pending].filter((row) => row.processor === processor).map((row) => row.id));
  for (const checkpoint of rows.checkpoint) {
    if (checkpoint.processor !== processor || checkpoint.isRead === false) continue;
    const missing = logByLane.rowsOf(logByLane.find(checkpoint.lane)).filter((place) => {
      const { position, id: eventId } = rows.log.at(place);
      return position <= checkpoint.position && applied?.has(eventId) !== true && !held.has(eventId);
    });
    if (missing.length <= withoutRow(checkpoint)) continue;
    for (const row of Array.from(missing, (place) => rows.log.at(place)))
      findings.add(`event ${row.id} was passed by ${processor}, but is neither applied, parked nor pending`, { rows: [row, checkpoint] });
  }
};

const withoutRow = ({ ignored, discarded, skipped, shed }: RowOf<'checkpoint'>): number => ignored + discarded + skipped + shed;
