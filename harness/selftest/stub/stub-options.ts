// What the stub target is told to do wrong, and what it says that it did: the figures that the tools must report.
import type { FinalRow } from '../../history/final-state.ts';

export type StubOptions = {
  readonly seed: number;
  /** Each answer waits for this long. */
  readonly delayMs: number;
  /** From `afterMs` after the run's zero on nothing is answered for `forMs`; then all of it at once. */
  readonly freeze: { readonly afterMs: number; readonly forMs: number } | null;
  /** Answered with 200, and not kept. */
  readonly loseShare: number;
  /** Kept, and the connection closed without an answer. */
  readonly dropShare: number;
  /** Kept twice. */
  readonly duplicateShare: number;
  /** Applied before the event of its key that came before it. */
  readonly reorderShare: number;
};

export type StubCounts = {
  readonly received: number;
  readonly lost: number;
  readonly dropped: number;
  readonly duplicated: number;
  readonly reordered: number;
};

export type StubState = {
  readonly counts: StubCounts;
  readonly rows: readonly FinalRow[];
  /** When it answered each event, by the event's key, in epoch milliseconds: what no client can have measured less than. */
  readonly answeredAt: Readonly<Record<string, number>>;
};

export const goodStub: StubOptions = {
  seed: 1,
  delayMs: 0,
  freeze: null,
  loseShare: 0,
  dropShare: 0,
  duplicateShare: 0,
  reorderShare: 0,
};
