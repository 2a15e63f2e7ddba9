// Seen: at least `atLeast` reads showed an event. Readers whom nobody answered prove nothing of what is read.
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/reads';

export const readsSeen: Check = ({ reads }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = reads?.rows.filter(({ outcome, ids }) => outcome === 'ok' && ids.length > 0).length ?? 0;
  const measured = { value: seen, unit: 'reads', bound: `>= ${atLeast}` };
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', `${seen} reads showed an event; ${atLeast} had to be seen.`, { measured });
};
