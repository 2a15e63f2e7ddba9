// Carries out what an operator asked of a dead letter. Writes happen in the lane's turn and under its epoch; a rehearsal of user code does not hold up the lane.
import { applyFix } from '../recovery/apply-fix.ts';
import { classifyError } from './error-class.ts';
import { describeFailure } from './failure.ts';
import type { KeptLane } from './kept-lane.ts';
import type { UnorderedProcessor } from './processor.ts';
import type { Carried, RecoveryCommand, RecoveryStore, Rehearsal } from './recovery-store.ts';

export type RecoveryParts = {
  readonly store: RecoveryStore;
  /** In a thread; null: no report, the lane stops. */
  readonly rehearse: (lane: KeptLane, command: RecoveryCommand) => Promise<Rehearsal | null>;
};

/** null: it was not carried out, and stays open. */
export const carryOutRecovery = async (lane: KeptLane, command: RecoveryCommand, parts: RecoveryParts): Promise<Carried | null> => {
  if (command.action === 'rehearse') return rehearse(lane, command, parts);
  for (;;) {
    const carried = await inTurn(lane, command, () => carryOutPart(lane, command, parts.store));
    // A fix goes in pieces, with room between them for the lane's live flow.
    if (command.action !== 'fix' || carried.outcome !== 'advanced' || carried.end !== null || lane.stopping.aborted) return carried;
  }
};

const inTurn = async (lane: KeptLane, { key }: RecoveryCommand, work: () => Promise<Carried>): Promise<Carried> => {
  using _lane = await lane.turn.take(key);
  return await work();
};

const carryOutPart = ({ tenure, unordered }: KeptLane, command: RecoveryCommand, store: RecoveryStore): Promise<Carried> => {
  switch (command.action) {
    case 'replay':
      return unordered === null ? store.startReplay(tenure, command) : replayOne(tenure, command, unordered, store);
    case 'discard':
      return store.discard(tenure, command);
    case 'fix':
      return store.fix(tenure, command, (body) => applyFix(body, command.fix ?? []));
    case 'unfix':
      return store.unfix(tenure, command);
    case 'rehearse':
      throw new Error('a rehearsal is no write');
  }
};

const replayOne = async (
  tenure: KeptLane['tenure'],
  command: RecoveryCommand,
  processor: UnorderedProcessor,
  store: RecoveryStore,
): Promise<Carried> => {
  try {
    return await store.replayOne(tenure, command, processor);
  } catch (error) {
    if (classifyError(error) !== 'data') throw error;
    return store.failAgain(tenure, command, describeFailure('data_refused', error));
  }
};

const rehearse = async (
  lane: KeptLane,
  command: RecoveryCommand,
  { store, rehearse: inThread }: RecoveryParts,
): Promise<Carried | null> => {
  const begun = await inTurn(lane, command, () => store.startRehearsal(lane.tenure, command));
  if (begun.outcome !== 'advanced' || begun.end !== null) return begun;
  const rehearsal = lane.unordered === null ? await inThread(lane, command) : await store.rehearseOne(command, lane.unordered);
  return rehearsal === null ? null : inTurn(lane, command, () => store.endRehearsal(lane.tenure, command, rehearsal));
};
