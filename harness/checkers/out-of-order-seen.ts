// Seen: at least `atLeast` events came into the log after a later one of their key, so that order had to be restored.
import { indexOf, keyOf } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/out-of-order';

export const outOfOrderSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const latest = new Map<string, number>();
  let seen = 0;
  for (const row of indexOf(run).rows.log.toSorted((left, right) => left.lane - right.lane || left.position - right.position)) {
    if (row.sequence === null) continue;
    const highest = latest.get(keyOf(row)) ?? 0;
    if (row.sequence < highest) seen += 1;
    latest.set(keyOf(row), Math.max(highest, row.sequence));
  }
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} events came after a later one of their key; ${atLeast} had to be seen.`,
    { measured },
  );
};
