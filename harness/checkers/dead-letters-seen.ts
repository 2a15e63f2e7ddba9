// Seen: at least `atLeast` events are dead letters at the end.
import { indexOf } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/dead-letters';

export const deadLettersSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = indexOf(run).rows.parked.filter(({ state, reasonCode }) => state === 'parked' && reasonCode !== null).length;
  const measured = { value: seen, unit: 'dead letters', bound: `>= ${atLeast}` };
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', `${seen} events are dead letters; ${atLeast} had to be seen.`, {
    measured,
  });
};
