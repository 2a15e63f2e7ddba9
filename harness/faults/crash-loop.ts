// A process that dies again and again, as one with a bad release or too little memory does: killed as soon as it has been ready for a while.
import { within } from '../engine/within.ts';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations } from './observations.ts';
import { strike } from './strike.ts';

export const crashLoop: FaultRunner<'crash-loop'> = async (fault, context) => {
  const { clock, signal, target } = context;
  const observations = createObservations(clock, context.note);
  const injectedAt = clock.now();
  let [deaths, victim] = [0, findProcess(target, fault.role, fault.index)];
  for (let n = 0; n < fault.times && !signal.aborted; n += 1) {
    if (n > 0) await clock.sleep(fault.everySeconds * 1000, signal);
    if (signal.aborted) break;
    if ((await strike(victim, context, observations)) !== 'killed') break;
    deaths += 1;
    victim = await target.restart(fault.role, fault.index);
    const observed = `${fault.role} ${fault.index} runs again as pid ${victim.pid}, after death ${deaths} of ${fault.times}`;
    observations.add('process', observed, { event: 'restarted', pid: victim.pid, instance: victim.instance });
  }
  const healedAt = clock.now();
  const healed = await staysUp(victim, context);
  if (!healed) observations.add('process', `the last one (pid ${victim.pid}) ended by itself`, { event: 'ended', pid: victim.pid });
  const { name, kind } = fault;
  const tookEffect = deaths === fault.times;
  return { fault: name, kind, injectedAt, healedAt: healed ? healedAt : null, tookEffect, healed, observations: observations.all };
};

const upForMs = 500;

const staysUp = async (victim: TargetProcess, { clock }: FaultContext): Promise<boolean> =>
  (await within(victim.exited, upForMs, clock)) === null;
