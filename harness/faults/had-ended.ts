// What is said of a process that a fault was aimed at and that had ended by itself: nobody was signalled, for its number may be another's by now.
import { within } from '../engine/within.ts';
import type { VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';
import type { Observations } from './observations.ts';

/** The system tells the parent of an end at once; a busy parent hears of it a little later. */
const heardWithinMs = 2000;

/** `what` was to be done to it: be killed, be told to stop. */
export const addHadEnded = async (
  { role, index, pid, instance, exited }: VictimProcess,
  what: string,
  { clock }: Pick<FaultContext, 'clock'>,
  observations: Observations,
): Promise<void> => {
  const exit = await within(exited, heardWithinMs, clock);
  const how = exit === null ? '' : ` (${exit.signal ?? `code ${exit.code}`})`;
  const observed = `${role} ${index} (pid ${pid}) had ended${how} before it could ${what}: nobody was signalled`;
  observations.add('process', observed, { event: 'had-ended', pid, instance, ...exit });
};
