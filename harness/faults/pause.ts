// SIGSTOP for a while, then SIGCONT: the process becomes a zombie that wakes up and believes it still owns its lanes.
import type { FaultEvidence } from '../engine/run-data.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { VictimProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findVictim } from './find-process.ts';
import { addHadEnded } from './had-ended.ts';
import { describeTaken, fencedAt, type Holding, holdingOf, takenOverSafely } from './lease-evidence.ts';
import { createObservations, type Observations } from './observations.ts';
import { processState } from './process-state.ts';
import { awaitRows } from './tell-safely.ts';

const stateWithinMs = 2000;
const fencedWithinMs = 5000;

export const pause: FaultRunner<'pause'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const victim = findVictim(context, fault.role, fault.index);
  const holding = await holdingOf(victim, context, observations);
  const injectedAt = context.clock.now();
  const evidence = (tookEffect: boolean, healedAt: number | null): FaultEvidence => {
    const { name, kind } = fault;
    return { fault: name, kind, injectedAt, healedAt, tookEffect, healed: healedAt !== null, observations: observations.all };
  };
  if (!victim.kill('SIGSTOP')) {
    await addHadEnded(victim, 'be stopped', context, observations);
    return evidence(false, null);
  }
  let tookEffect = false;
  let healed = false;
  try {
    tookEffect = await isStopped(victim, context, observations);
    await context.clock.sleep(fault.seconds * 1000, context.signal);
    tookEffect &&= await stillStopped(victim, observations);
    if (fault.role === 'worker' && holding !== null) await observeTakeover(victim, holding, context, observations);
  } finally {
    healed = await resume(victim, context, observations);
  }
  const healedAt = healed ? context.clock.now() : null;
  if (holding !== null && holding.held.length > 0) await observeFencing(victim, holding.since, context, observations);
  return evidence(tookEffect, healedAt);
};

const isStopped = async (victim: VictimProcess, context: FaultContext, observations: Observations): Promise<boolean> => {
  const { done, last } = await awaitState(victim.pid, (state) => state === 'T', context);
  observations.add('/proc', `${victim.role} ${victim.index} (pid ${victim.pid}) is in state ${last ?? 'gone'} after SIGSTOP`, {
    event: 'stopped',
    pid: victim.pid,
    instance: victim.instance,
    state: last,
  });
  return done;
};

const stillStopped = async (victim: VictimProcess, observations: Observations): Promise<boolean> => {
  const state = await processState(victim.pid);
  observations.add('/proc', `at the end of the pause it is in state ${state ?? 'gone'}`, {
    event: 'still-stopped',
    pid: victim.pid,
    state,
  });
  return state === 'T';
};

const observeTakeover = async (
  victim: VictimProcess,
  { since, held }: Holding,
  context: FaultContext,
  observations: Observations,
): Promise<void> => {
  const rows = await takenOverSafely(victim, since, context, observations);
  if (rows === null) return;
  const observed = `of ${held.length} leases that ${victim.instance} held, while it was stopped: ${describeTaken(rows, since)}`;
  observations.add('lease_events', observed, { event: 'taken-over', instance: victim.instance, since, held: held.length, rows });
};

const resume = async (victim: VictimProcess, context: FaultContext, observations: Observations): Promise<boolean> => {
  if (!victim.kill('SIGCONT')) {
    await addHadEnded(victim, 'go on', context, observations);
    return false;
  }
  const { done, last } = await awaitState(victim.pid, (state) => state !== 'T', { ...context, signal: undefined });
  observations.add('/proc', `after SIGCONT it is in state ${last ?? 'gone'}`, { event: 'resumed', pid: victim.pid, state: last });
  return done && last !== null;
};

const observeFencing = async (victim: VictimProcess, since: number, context: FaultContext, observations: Observations): Promise<void> => {
  const rows = await awaitRows(
    () => fencedAt(context.target, victim.instance, since),
    (fenced) => fenced.length > 0,
    'whether the woken worker was fenced',
    { clock: context.clock, withinMs: fencedWithinMs, everyMs: 100, signal: context.signal },
    observations,
  );
  if (rows === null) return;
  const kinds = [...new Set(rows.map((row) => row.kind))].join(' and ');
  const observed =
    rows.length === 0
      ? 'the woken worker was neither fenced nor told of its loss'
      : `the woken worker was ${kinds} on ${rows.length} leases`;
  observations.add('lease_events', observed, { event: 'fenced', instance: victim.instance, rows });
};

const awaitState = (
  pid: number,
  done: (state: string | null) => boolean,
  { clock, signal }: Pick<FaultContext, 'clock'> & { readonly signal: AbortSignal | undefined },
): Promise<{ readonly done: boolean; readonly last: string | null }> =>
  waitUntil(() => processState(pid), done, { clock, withinMs: stateWithinMs, everyMs: 10, ...(signal === undefined ? {} : { signal }) });
