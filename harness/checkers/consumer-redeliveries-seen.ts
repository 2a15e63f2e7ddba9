// Seen: at least `atLeast` events were given to those who consume elsewhere for a second time. Who dies with nothing in hand proves nothing.
import { linesOf } from '../history/consumed-history.ts';
import { givenAgain } from '../history/given-again.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/consumer-redeliveries';

export const consumerRedeliveriesSeen: Check = ({ consumed }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = givenAgain(linesOf(consumed?.rows ?? [], 'given'));
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  const summary = `${seen} events were given to consumers again; ${atLeast} had to be seen.`;
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', summary, { measured });
};
