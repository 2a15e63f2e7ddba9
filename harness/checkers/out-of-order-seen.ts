// Seen: at least `atLeast` events came into the log after a later one of their key, so that order had to be restored.
import { sortRows } from '../history/columns/groups.ts';
import { groupByKey, indexOf } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/out-of-order';

export const outOfOrderSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const { log } = indexOf(run).rows;
  const [lanes, positions, sequences] = [log.column('lane'), log.column('position'), log.column('sequence')];
  const byKey = groupByKey(log, (row) => sequences.at(row) !== null);
  let seen = 0;
  for (let key = 0; key < byKey.size; key += 1) {
    const byPosition = sortRows(byKey.rowsOf(key), (row) => positions.numberAt(row));
    let highest = 0;
    for (const row of sortRows(byPosition, (each) => lanes.numberAt(each))) {
      const sequence = sequences.numberAt(row);
      if (sequence < highest) seen += 1;
      highest = Math.max(highest, sequence);
    }
  }
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} events came after a later one of their key; ${atLeast} had to be seen.`,
    { measured },
  );
};
