// A process is stopped in order, as a deployment does it, and started again: SIGTERM, and no force unless it does not end. What it owed to others while it
// stopped, its leases, its answers, its telemetry, and how it ended, is judged by the checks, not here.
import { within } from '../engine/within.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import { usualStopSeconds } from '../scenario/faults/process-faults.ts';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { addHadEnded } from './had-ended.ts';
import { createObservations, type Observations } from './observations.ts';

const forcedWithinMs = 2000;

export const restart: FaultRunner<'restart'> = async (fault, context) => {
  const { clock, target } = context;
  const observations = createObservations(clock, context.note);
  const victim = findProcess(target, fault.role, fault.index);
  const injectedAt = clock.now();
  const byItself = await stop(victim, (fault.withinSeconds ?? usualStopSeconds) * 1000, context, observations);
  const end = (healed: boolean): FaultEvidence => ({
    fault: fault.name,
    kind: fault.kind,
    injectedAt,
    healedAt: healed ? clock.now() : null,
    tookEffect: byItself,
    healed,
    observations: observations.all,
  });
  if (!byItself && !(await force(victim, context, observations))) return end(false);
  const again = await target.restart(fault.role, fault.index);
  const observed = `${fault.role} ${fault.index} runs again as pid ${again.pid}`;
  observations.add('process', observed, { event: 'restarted', pid: again.pid, instance: again.instance, instead: victim.pid });
  return end(again.pid !== victim.pid);
};

/** Evidence is the exit that the operating system reports to its parent: by itself. With which code is for `stops-in-order` to judge. */
const stop = async (victim: TargetProcess, withinMs: number, context: FaultContext, observations: Observations): Promise<boolean> => {
  const { role, index, pid, instance } = victim;
  const { clock } = context;
  const since = clock.now();
  if (!victim.kill('SIGTERM')) {
    await addHadEnded(victim, 'be told to stop', context, observations);
    return false;
  }
  const exit = await within(victim.exited, withinMs, clock);
  const tookMs = clock.now() - since;
  const how = exit === null ? 'still runs' : exit.signal === null ? `ended by itself, code ${exit.code},` : `was ended by ${exit.signal}`;
  observations.add('process', `${role} ${index} (pid ${pid}) ${how} after ${tookMs} ms`, {
    event: 'exited',
    pid,
    instance,
    tookMs,
    ...exit,
  });
  return exit !== null && exit.signal === null;
};

/** What does not end is ended, so that it can be started again. */
const force = async (victim: TargetProcess, { clock }: FaultContext, observations: Observations): Promise<boolean> => {
  const { pid, exited } = victim;
  const wasThere = victim.kill('SIGKILL');
  const exit = await within(exited, forcedWithinMs, clock);
  // That it had ended is said already.
  if (!wasThere && exit !== null) return true;
  observations.add('process', `pid ${pid} ${exit === null ? 'still runs' : 'is gone'}`, { event: 'forced', pid, ...exit });
  return exit !== null;
};
