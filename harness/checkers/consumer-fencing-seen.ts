// Seen: at least `atLeast` checkpoints of those who consume elsewhere were refused because another had the lane.
import { checkpointAttempts } from '../history/consumed-history.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/consumer-fencing';

export const consumerFencingSeen: Check = ({ consumed }, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = checkpointAttempts(consumed?.rows ?? []).filter(({ outcome }) => outcome === 'fenced').length;
  const measured = { value: seen, unit: 'checkpoints', bound: `>= ${atLeast}` };
  const summary = `${seen} checkpoints of consumers were fenced; ${atLeast} had to be seen.`;
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', summary, { measured });
};
