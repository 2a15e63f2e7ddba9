// Seen: lanes were taken over from at least `atLeast` workers. A kill that nobody had to make up for proves nothing.
import { leaseEvents } from '../history/lease-history.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/takeovers';

export const takeoversSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const taken = leaseEvents(run).filter(({ event }) => event === 'taken_over');
  const seen = new Set(taken.map(({ otherOwner }) => otherOwner)).size;
  const measured = { value: seen, unit: 'workers', bound: `>= ${atLeast}` };
  return conclude(
    id,
    seen >= atLeast ? 'pass' : 'inconclusive',
    `${taken.length} lanes were taken over from ${seen} workers; ${atLeast} workers had to be seen losing theirs.`,
    { measured },
  );
};
