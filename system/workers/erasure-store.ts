// What workers need of storage to erase an object from the lanes that they own: a command for each lane of each version, carried out by its owner alone, so that no batch
// that holds an old body is written after.
import type { Key } from '../stream/stream.ts';
import type { LaneId, Tenure } from './checkpoint.ts';
import type { Settled } from './lane-store.ts';

export type ErasureCommand = LaneId & {
  readonly command: number;
  readonly key: Key;
  /** Positions up to and with this one; what came later is new data. */
  readonly upTo: number;
};

/** `isDone` false: there is more of it, call again. */
export type ErasedPart = Settled & { readonly isDone: boolean };

export type ErasureStore = {
  due(lanes: readonly LaneId[], limit: number): Promise<readonly ErasureCommand[]>;
  /** One transaction under the lane's lock and epoch: effects, copies, fixes and the books. Bounded; a command that was carried out before does nothing. */
  erasePart(tenure: Tenure, command: ErasureCommand): Promise<ErasedPart>;
};
