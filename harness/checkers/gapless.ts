// Positions of a lane are 1, 2, 3 … to its head: a reader needs no gap detector, and a gap would be an event that nobody will ever read.
import type { RunData } from '../engine/run-data.ts';
import { indexOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'safety/gapless';

export const gapless = (run: RunData): CheckResult => {
  const { rows, logByLane: byLane } = indexOf(run);
  if (rows.lane.length === 0) return conclude(id, 'inconclusive', 'No lane was read back.');
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so a gap there proves nothing.');
  const findings = createFindings();
  const column = rows.log.column('position');
  for (const lane of rows.lane) {
    const positions = Float64Array.from(byLane.rowsOf(byLane.find(lane.lane)), (row) => column.numberAt(row)).sort();
    positions.forEach((position, place) => {
      const before = positions[place - 1] ?? 0;
      if (position !== before + 1) findings.add(`lane ${lane.lane}: position ${position} follows ${before}`, { rows: [lane] });
    });
    const last = positions.at(-1) ?? 0;
    if (last !== lane.head) findings.add(`lane ${lane.lane}: the last position is ${last}, but its head is ${lane.head}`, { rows: [lane] });
  }
  for (let group = 0; group < byLane.size; group += 1) {
    const lane = byLane.valueOf(group);
    if (!rows.lane.some((row) => row.lane === lane)) findings.add(`the log has rows of lane ${lane}, which does not exist`);
  }
  return concludeFrom(id, findings, {
    good: `Positions of all ${rows.lane.length} lanes run from 1 to their heads without a gap.`,
    bad: `${findings.total} gaps or repetitions in the positions of the lanes.`,
    measured: { value: findings.total, unit: 'gaps', bound: '= 0' },
  });
};
