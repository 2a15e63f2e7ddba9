// What the park's keeper needs of storage: which keys are due, what operators asked for, which early events are over their age.
import type { Key } from '../stream/stream.ts';
import type { LaneId, Tenure } from './checkpoint.ts';
import type { Settled } from './lane-store.ts';

export type DueKey = LaneId & { readonly key: Key };

export type ParkCommand = LaneId & {
  readonly id: number;
  readonly key: Key;
  readonly action: 'retry' | 'discard_head';
  readonly requestedBy: string;
};

/** Early events over their age, of one key. */
export type OverdueKey = LaneId & { readonly key: Key; readonly events: number; readonly oldestSeconds: number };

export type CommandEnd = Settled & {
  /** What the command's row says from here on. */
  readonly result: string;
};

export type ParkStore = {
  dueKeys(lanes: readonly LaneId[], limit: number): Promise<readonly DueKey[]>;
  /** Commands that are open, on keys parked in these lanes. */
  openCommands(lanes: readonly LaneId[], limit: number): Promise<readonly ParkCommand[]>;
  overdueKeys(lanes: readonly LaneId[], olderThanSeconds: number, limit: number): Promise<readonly OverdueKey[]>;
  /** The key of the lane's oldest early event. */
  oldestWaiting(lane: LaneId): Promise<Key | null>;
  /** The key's head, and with it the key, is tried again at once, with all its attempts before it. */
  retry(tenure: Tenure, command: ParkCommand): Promise<CommandEnd>;
  /** The key's head is counted as discarded; what waits behind it goes on. */
  discardHead(tenure: Tenure, command: ParkCommand): Promise<CommandEnd>;
  /** Closes a command that could not be carried out. */
  closeCommand(tenure: Tenure, command: ParkCommand, result: string): Promise<CommandEnd>;
};
