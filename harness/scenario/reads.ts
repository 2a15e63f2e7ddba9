// Reads beside the traffic: opt-in, for reading is load too.
import type { Reporter } from './problem.ts';
import { isAmount } from './problem.ts';

/** Clients who read keys that were written to, open-loop, from the first arrival to the end of the last phase. */
export type Reads = {
  readonly ratePerSecond: number;
};

const mostPerSecond = 200;

export const readsProblems = (reads: Reads | undefined, report: Reporter): void => {
  if (reads === undefined) return;
  if (!isAmount(reads.ratePerSecond) || reads.ratePerSecond > mostPerSecond)
    report('reads.ratePerSecond', `must be above 0 and at most ${mostPerSecond}, not ${JSON.stringify(reads.ratePerSecond)}`);
};
