// What a checker is: a pure function from what is known of a run to a result. No I/O, no clock, no randomness; never throws for bad data in the history.
import type { RunData } from '../engine/run-data.ts';

export type Dimension = 'safety' | 'validity' | 'liveness' | 'expectation' | 'seen' | 'budget' | 'detection' | 'agreement';
export type CheckOutcome = 'pass' | 'fail' | 'inconclusive';

/** One concrete violation: what, and the operations, rows or samples that show it. */
export type Finding = { readonly message: string; readonly witness?: Readonly<Record<string, unknown>> };

export type CheckResult = {
  /** `safety/lost`, `budget/ingest-p99@steady`: stable, used in JUnit and by the selftest. */
  readonly id: string;
  readonly dimension: Dimension;
  readonly outcome: CheckOutcome;
  /** A sentence for a reader who has never seen it: what was asked, and what was found. */
  readonly summary: string;
  readonly measured?: { readonly value: number | null; readonly unit: string; readonly bound?: string };
  /** At most 20; `findingsTotal` counts all. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
};

export type CheckParameters = Readonly<Record<string, number | string | boolean | readonly string[]>>;
export type Check = (run: RunData, parameters: CheckParameters) => CheckResult | readonly CheckResult[];
/** Explicit map, wired in harness/cli: name -> check. */
export type CheckRegistry = ReadonlyMap<string, Check>;
