// A checker's proof: a run with one thing wrong in it, made by hand, and one that comes near and is good.
import type { CheckParameters } from '../../../checkers/check.ts';
import type { RunData } from '../../../engine/run-data.ts';

export type CheckerCase = {
  /** Its name in the registry. */
  readonly check: string;
  readonly parameters?: CheckParameters;
  /** What the bad run must be: proven wrong, or worth nothing. */
  readonly bad: 'fail' | 'inconclusive';
  readonly red: readonly [what: string, run: () => RunData];
  readonly green: readonly [what: string, run: () => RunData];
};
