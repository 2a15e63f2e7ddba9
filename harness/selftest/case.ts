// What a selftest case is: one deliberate defect, and the check that must name it. A case that no longer applies is a failure, never skipped.

/** Replaces exactly one occurrence of `find` in `file` (relative to the checkout's root) in a copy of the tree. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** Done to a process of the run while it runs: found in the run's own process list, never by name. */
export type Sabotage = {
  readonly role: string;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  readonly afterSeconds: number;
  readonly resumeAfterSeconds?: number;
};

export type SelftestCase = {
  readonly name: string;
  /** The defect in a sentence. */
  readonly defect: string;
  readonly edits: readonly Edit[];
  readonly sabotage?: Sabotage;
  readonly scenario: string;
  readonly exitCode: 1 | 2;
  /** At least one result whose id is one of these must have the outcome that the exit code stands for. */
  readonly namedBy: readonly string[];
};

export type CaseResult = {
  readonly name: string;
  readonly defect: string;
  readonly caught: boolean;
  readonly exitCode: number | null;
  readonly expectedExitCode: number;
  /** The ids of all results that were not `pass`. */
  readonly named: readonly string[];
  readonly summary: string;
  readonly seconds: number;
  readonly folder: string;
};
