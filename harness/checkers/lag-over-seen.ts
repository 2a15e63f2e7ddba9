// Seen: by the history alone the lag of some processor was over `atLeast` events.
import { lagHistory } from '../history/lag-history.ts';
import { processors } from '../history/run-index.ts';
import { type Check, conclude, numberFrom } from './check.ts';

const id = 'seen/lag-over';

export const lagOverSeen: Check = (run, parameters) => {
  const atLeast = numberFrom(parameters, 'atLeast');
  const seen = run.finalStateComplete ? Math.max(...processors.map((processor) => lagHistory(run, processor).peak.value)) : 0;
  const measured = { value: seen, unit: 'events', bound: `>= ${atLeast}` };
  return conclude(id, seen >= atLeast ? 'pass' : 'inconclusive', `Lag grew to ${seen} events; ${atLeast} had to be seen.`, { measured });
};
