// Seen: at least `atLeast` writes or renewals of a worker were refused because its lane had a newer epoch.
import { leaseEvents } from '../history/lease-history.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/fencing';

export const fencingSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = leaseEvents(run).filter(({ event }) => event === 'fenced' || event === 'lost').length;
  const measured = { value: seen, unit: 'writes or renewals', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${seen} writes or renewals of workers were refused for an old epoch; ${atLeast} had to be seen.`,
    { measured },
  );
};
