// Carries out what an operator asked of a parked key, under the lane's epoch.
import { classifyError } from './error-class.ts';
import { describeFailure } from './failure.ts';
import type { KeptLane } from './kept-lane.ts';
import type { CommandEnd, ParkCommand, ParkStore } from './park-store.ts';
import type { UnorderedProcessor } from './processor.ts';
import type { RangeStore } from './range-store.ts';

export type ParkStores = { readonly store: ParkStore; readonly ranges: RangeStore };

export const carryOutCommand = (lane: KeptLane, command: ParkCommand, { store, ranges }: ParkStores): Promise<CommandEnd> => {
  if (command.action === 'discard_head') return store.discardHead(lane.tenure, command);
  return lane.unordered === null ? store.retry(lane.tenure, command) : retryUnordered(lane, lane.unordered, command, store, ranges);
};

/** Each parked event of the key alone: those that the database takes now leave the park. */
const retryUnordered = async (
  { tenure }: KeptLane,
  processor: UnorderedProcessor,
  command: ParkCommand,
  store: ParkStore,
  ranges: RangeStore,
): Promise<CommandEnd> => {
  let applied = 0;
  let refused = 0;
  for (const position of await ranges.parkedPositions(tenure, command.key)) {
    try {
      const settled = await ranges.applyParked(tenure, position, processor);
      if (settled.outcome === 'fenced') return { ...settled, result: 'fenced' };
      applied += 1;
    } catch (error) {
      if (classifyError(error) !== 'data') throw error;
      await ranges.failAgain(tenure, position, describeFailure('data_refused', error));
      refused += 1;
    }
  }
  return store.closeCommand(tenure, command, refused === 0 ? `applied ${applied}` : `applied ${applied}, refused again ${refused}`);
};
