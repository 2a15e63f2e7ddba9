// kill -9, then a new start. With `inside: 'transaction'` the read model is locked first, so that the process dies in an open transaction.
import { explain } from '../engine/errors.ts';
import type { FaultEvidence } from '../engine/run-data.ts';
import { within } from '../engine/within.ts';
import type { Fault } from '../scenario/scenario.ts';
import type { RunningTarget, VictimProcess } from '../targets/target.ts';
import type { FaultContext, FaultRunner } from './fault.ts';
import { findVictim, restartVictim } from './find-process.ts';
import { describeTaken, type Holding, holdingOf, notYetTaken, takenOverFrom } from './lease-evidence.ts';
import { createObservations, type Observations } from './observations.ts';
import { strike } from './strike.ts';
import { backendGone, waitForOpenTransaction } from './open-transaction.ts';
import { awaitRows } from './tell-safely.ts';

type Kill = Extract<Fault, { readonly kind: 'kill' }>;
/** `holding` is null where nobody could tell. */
type Blow = { readonly injectedAt: number; readonly holding: Holding | null; readonly tookEffect: boolean };

/** The lease (3 s by default) and a good deal more: what takes longer is found by the check, the evidence only has to see it. */
const takeoverWithinMs = 12_000;

export const kill: FaultRunner<'kill'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const victim = findVictim(context, fault.role, fault.index);
  const blow = await (fault.inside === 'transaction' ? killInTransaction : killNow)(victim, context, observations);
  // Neither rejects: the fault is not over before the new start is.
  const [healedAt] = await Promise.all([
    startAgain(fault, victim, blow, context, observations),
    watchTakeover(victim, blow, context, observations),
  ]);
  return evidenceOf(fault, blow, healedAt, observations);
};

const evidenceOf = (fault: Kill, blow: Blow, healedAt: number | null, observations: Observations): FaultEvidence => ({
  fault: fault.name,
  kind: fault.kind,
  injectedAt: blow.injectedAt,
  healedAt,
  tookEffect: blow.tookEffect,
  healed: healedAt !== null,
  observations: observations.all,
});

const killNow = async (victim: VictimProcess, context: FaultContext, observations: Observations): Promise<Blow> => {
  const holding = await holdingOf(victim, context, observations);
  const injectedAt = context.clock.now();
  const tookEffect = (await strike(victim, context, observations)) === 'killed';
  return { injectedAt, holding, tookEffect };
};

/** The lock is let go in every case, also by an exception. One whose session is away by then is gone with it. */
const killInTransaction = async (victim: VictimProcess, context: FaultContext, observations: Observations): Promise<Blow> => {
  const lock = await context.target.lockReadModel();
  try {
    return await killUnderLock(lock, victim, context, observations);
  } finally {
    await letGo(lock, observations);
  }
};

const letGo = async (lock: AsyncDisposable, observations: Observations): Promise<void> => {
  try {
    await lock[Symbol.asyncDispose]();
  } catch (error) {
    observations.add('harness', `the lock could not be let go in order: ${explain(error)}`, { event: 'lock-lost' });
  }
};

const killUnderLock = async (
  lock: Awaited<ReturnType<RunningTarget['lockReadModel']>>,
  victim: VictimProcess,
  context: FaultContext,
  observations: Observations,
): Promise<Blow> => {
  const backends = await waitForOpenTransaction(victim, lock, context, observations);
  if (backends.length === 0) return { injectedAt: context.clock.now(), holding: null, tookEffect: false };
  const blow = await killNow(victim, context, observations);
  // Who lives on waits for the lock: held on to, it would be a fault of its own, of which nobody said anything.
  if (!blow.tookEffect) return blow;
  const gone = await backendGone(backends, context, observations);
  return { ...blow, tookEffect: gone };
};

/** When it ran again; null: it does not. Not started again where the run was interrupted: the whole target is being taken down then. */
const startAgain = async (
  fault: Kill,
  victim: VictimProcess,
  blow: Blow,
  context: FaultContext,
  observations: Observations,
): Promise<number | null> => {
  if (!blow.tookEffect && !(await hasEnded(victim, context))) return context.clock.now();
  await context.clock.sleep(fault.restartAfterSeconds * 1000, context.signal);
  if (context.signal.aborted) return null;
  try {
    const again = await restartVictim(context, victim);
    const observed = `${fault.role} ${fault.index} runs again as pid ${again.pid}`;
    observations.add('process', observed, { event: 'restarted', pid: again.pid, instance: again.instance, instead: victim.pid });
    return again.pid === victim.pid ? null : context.clock.now();
  } catch (error) {
    observations.add('process', `${fault.role} ${fault.index} could not be started again: ${explain(error)}`, { event: 'restart-failed' });
    return null;
  }
};

const hasEnded = async (victim: VictimProcess, { clock }: FaultContext): Promise<boolean> =>
  (await within(victim.exited, 0, clock)) !== null;

const watchTakeover = async (
  victim: VictimProcess,
  { holding, tookEffect }: Blow,
  context: FaultContext,
  observations: Observations,
): Promise<void> => {
  if (holding === null || holding.held.length === 0 || !tookEffect) return;
  const { since, held } = holding;
  const rows = await awaitRows(
    () => takenOverFrom(context.target, victim.instance, since),
    (taken) => notYetTaken(held, taken).length === 0,
    `who took the leases of ${victim.instance} over`,
    { clock: context.clock, withinMs: takeoverWithinMs, everyMs: 200, signal: context.signal },
    observations,
  );
  if (rows === null) return;
  observations.add('lease_events', `of ${held.length} leases that ${victim.instance} held: ${describeTaken(rows, since)}`, {
    event: 'taken-over',
    instance: victim.instance,
    since,
    held: held.length,
    rows,
    missing: notYetTaken(held, rows),
  });
};
