// Erasure commands on this worker's lanes. Each takes the lane's turn: a batch of its live flow that had read an old body learns of it before it writes, and
// whatever is read after finds tombstones.
import type { LaneId } from './checkpoint.ts';
import { classifyError, isTimeout, sqlStateOf } from './error-class.ts';
import type { ErasureCommand, ErasureStore } from './erasure-store.ts';
import type { KeptLane } from './kept-lane.ts';

export type ErasureWorkOptions = {
  readonly store: ErasureStore;
  readonly laneOf: (id: LaneId) => KeptLane | undefined;
};

/** A statement that took too long, a lock that others hold: the next command may meet neither. */
const isOfItsOwn = (error: unknown): boolean =>
  classifyError(error) !== 'infrastructure' || isTimeout(error) || sqlStateOf(error) === '55P03';

export const createErasureWork = ({ store, laneOf }: ErasureWorkOptions) => {
  const carryOut = async (command: ErasureCommand): Promise<void> => {
    const lane = laneOf(command);
    if (lane === undefined) return;
    // In pieces, with room between them for the lane's live flow.
    for (let isDone = false; !isDone && !lane.stopping.aborted;) {
      using _lane = await lane.turn.take(command.key);
      const part = await store.erasePart(lane.tenure, command);
      if (part.outcome === 'fenced') return await lane.fenced(part, 'an erasure');
      lane.setHoldings(part.holdings);
      ({ isDone } = part);
    }
    // What was parked goes on, and an early event may be due.
    lane.drain();
  };
  /** One that fails for a reason of its own holds up nothing else of the round; the first failure is returned. */
  return async (commands: readonly ErasureCommand[]): Promise<{ readonly failure: unknown } | null> => {
    let first: { readonly failure: unknown } | null = null;
    for (const command of commands)
      try {
        await carryOut(command);
      } catch (error) {
        if (!isOfItsOwn(error)) throw error;
        first ??= { failure: error };
      }
    return first;
  };
};
