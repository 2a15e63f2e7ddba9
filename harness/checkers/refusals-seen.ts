// Seen: at least `atLeast` deliveries were refused because the target is full (`overloaded`, `disk_budget_used`). A spike that nothing refused was no spike.
import { countRows } from '../history/columns/row-list.ts';
import { saysFull } from '../history/full-codes.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/refusals';

export const refusalsSeen: Check = ({ operations }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = countRows(operations, saysFull);
  const measured = { value: seen, unit: 'refusals', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} of ${operations.length} deliveries were refused because the target is full; ${atLeast} had to be seen.`,
    { measured },
  );
};
