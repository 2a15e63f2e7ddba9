// Seen: at least `atLeast` deliveries were answered as duplicates, so that the dedupe window was put to use.
import { countRows } from '../history/columns/row-list.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/duplicates';

export const duplicatesSeen: Check = ({ operations }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = countRows(operations, ({ outcome, delivery }) => outcome === 'ok' && delivery === 'duplicate');
  const measured = { value: seen, unit: 'second deliveries', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} second deliveries were acknowledged; ${atLeast} had to be seen.`,
    { measured },
  );
};
