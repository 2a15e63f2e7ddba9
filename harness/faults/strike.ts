// kill -9 of one process, and the proof that it died of it.
import { within } from '../engine/within.ts';
import type { VictimProcess } from '../targets/target.ts';
import type { FaultContext } from './fault.ts';
import { addHadEnded } from './had-ended.ts';
import type { Observations } from './observations.ts';

/** A process that was killed is gone in milliseconds; what was set up for its death, a lock for instance, waits no longer than this. */
const exitWithinMs = 2000;

/** `had-ended`: by itself, before. Whatever is seen afterwards is then no work of a fault's. */
export type Struck = 'killed' | 'not-killed' | 'had-ended';

/** Evidence is the exit that the operating system reports to the process's parent, never that a signal was sent. */
export const strike = async (
  victim: VictimProcess,
  { clock }: Pick<FaultContext, 'clock'>,
  observations: Observations,
): Promise<Struck> => {
  const wasThere = victim.kill('SIGKILL');
  if (!wasThere) {
    await addHadEnded(victim, 'be killed', { clock }, observations);
    return 'had-ended';
  }
  const exit = await within(victim.exited, exitWithinMs, clock);
  const name = `${victim.role} ${victim.index} (pid ${victim.pid})`;
  const observed = exit === null ? `${name} still runs` : `${name} was ended by ${exit.signal ?? `its own exit, code ${exit.code}`}`;
  observations.add('process', observed, { event: 'exited', pid: victim.pid, instance: victim.instance, ...exit });
  return exit?.signal === 'SIGKILL' ? 'killed' : 'not-killed';
};
