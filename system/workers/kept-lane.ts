// A lane that runs here, as whoever works beside its live flow needs it.
import type { Tenure } from './checkpoint.ts';
import type { LaneHoldings, Settled } from './lane-store.ts';
import type { LaneTurn } from './lane-turn.ts';
import type { UnorderedProcessor } from './processor.ts';

export type KeptLane = {
  readonly tenure: Tenure;
  readonly turn: LaneTurn;
  readonly stopping: AbortSignal;
  /** Null: ordered. */
  readonly unordered: UnorderedProcessor | null;
  setHoldings(holdings: LaneHoldings): void;
  /** Early events may be due. */
  drain(): void;
  halt(reason: string): void;
  fenced(settled: Pick<Settled, 'found'>, what: string): Promise<void>;
};
