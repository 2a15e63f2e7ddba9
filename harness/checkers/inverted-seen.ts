// Seen: at least `atLeast` events were received before another of their key and appended after it, so that whoever commits first is not who came first.
import { sortRows } from '../history/columns/groups.ts';
import { groupByKey, indexOf } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/inverted';

export const invertedSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const { log } = indexOf(run).rows;
  const [positions, received] = [log.column('position'), log.column('receivedAt')];
  const byKey = groupByKey(log);
  let seen = 0;
  for (let key = 0; key < byKey.size; key += 1) {
    let latest = -Infinity;
    for (const row of sortRows(byKey.rowsOf(key), (each) => positions.numberAt(each))) {
      const at = received.numberAt(row);
      if (at < latest) seen += 1;
      latest = Math.max(latest, at);
    }
  }
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  const summary = `${seen} events were received before another of their key and appended after it; ${atLeast} had to be seen.`;
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', summary, { measured });
};
