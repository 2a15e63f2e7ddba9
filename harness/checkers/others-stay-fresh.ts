// Isolation: while a few hot keys have a backlog, events of all other keys are applied as soon as ever. By the rows alone: received at the door, applied by timelines.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, type RowOf } from '../history/run-index.ts';
import { hotObjects } from '../traffic/keys.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/others-stay-fresh';

/** p99 of the others at most `withinSeconds`; the hot keys must have been at least `hotSeconds` behind, or there was nothing to be isolated from. */
export const othersStayFresh: Check = (run: RunData, parameters) => {
  const [withinSeconds, hotSeconds] = [numberFrom(parameters, 'withinSeconds'), numberFrom(parameters, 'hotSeconds')];
  const index = indexOf(run);
  const effects = index.effects.get('timelines');
  if (!run.finalStateComplete || effects === undefined || index.rows.log.length === 0)
    return conclude(id, 'inconclusive', 'Without the whole final state nobody knows when an event was applied.');
  const hot = hotObjects(run.plan.scenario.traffic.keys);
  let worstHot = 0;
  const others: { readonly row: RowOf<'log'>; readonly seconds: number }[] = [];
  for (const row of index.rows.log) {
    const appliedAt = effects.get(row.id)?.appliedAt;
    if (appliedAt === undefined) continue;
    const seconds = (appliedAt - row.receivedAt) / 1000;
    if (hot.has(row.objectId)) worstHot = Math.max(worstHot, seconds);
    else others.push({ row, seconds });
  }
  if (others.length === 0) return conclude(id, 'inconclusive', 'No event of another key was applied.');
  const sorted = others.toSorted((a, b) => a.seconds - b.seconds);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1]!.seconds;
  const findings = createFindings();
  if (p99 > withinSeconds)
    for (const { row, seconds } of sorted.toReversed().slice(0, 5))
      findings.add(`event ${row.id} of ${row.objectId} was applied ${seconds.toFixed(1)} s after it was received`, { rows: [row] });
  if (findings.total === 0 && worstHot < hotSeconds)
    return conclude(
      id,
      'inconclusive',
      `The hot keys were behind by ${worstHot.toFixed(1)} s at most: there was nothing to be isolated from.`,
    );
  return concludeFrom(id, findings, {
    good: `While hot keys were up to ${worstHot.toFixed(1)} s behind, 99 in 100 events of the others were applied within ${p99.toFixed(2)} s.`,
    bad: `While hot keys were up to ${worstHot.toFixed(1)} s behind, 99 in 100 events of the others took up to ${p99.toFixed(2)} s.`,
    measured: { value: Math.round(p99 * 100) / 100, unit: 's', bound: `<= ${withinSeconds} s` },
  });
};
