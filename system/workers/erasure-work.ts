// Erasure commands on this worker's lanes. Each takes the lane's turn: a batch of its live flow that had read an old body learns of it before it writes, and
// whatever is read after finds tombstones.
import type { LaneId } from './checkpoint.ts';
import type { ErasureCommand, ErasureStore } from './erasure-store.ts';
import type { KeptLane } from './kept-lane.ts';

export type ErasureWorkOptions = {
  readonly store: ErasureStore;
  readonly laneOf: (id: LaneId) => KeptLane | undefined;
};

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
  return async (commands: readonly ErasureCommand[]): Promise<void> => {
    for (const command of commands) await carryOut(command);
  };
};
