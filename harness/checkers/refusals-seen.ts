// Seen: at least `atLeast` deliveries were refused with `overloaded`. A spike that nothing refused was no spike.
import { countRows } from '../history/columns/row-list.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/refusals';

export const refusalsSeen: Check = ({ operations }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = countRows(operations, ({ status, code }) => status === 503 && code === 'overloaded');
  const measured = { value: seen, unit: 'refusals', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} of ${operations.length} deliveries were refused with 503 overloaded; ${atLeast} had to be seen.`,
    { measured },
  );
};
