// Seen: at least `atLeast` events whose every delivery ended unknown are in the log. An answer that was lost on the way has happened only then.
import { countRows } from '../history/columns/row-list.ts';
import { indexOf } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/recovered';

export const recoveredSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const { events, isLogged } = indexOf(run);
  const seen = countRows(events, ({ outcome, first }) => outcome === 'unknown' && isLogged(first));
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  const summary = `${seen} events ended unknown for their clients and are there all the same; ${atLeast} had to be seen.`;
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', summary, { measured });
};
