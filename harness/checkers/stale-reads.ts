// A read shows every write that was acknowledged more than `withinSeconds` before it: events become visible within seconds, also while workers are slow or dead.
import { type Check, numberFrom } from './check.ts';
import { missedWrites } from './reads/missed-writes.ts';

export const staleReads: Check = (run, parameters) =>
  missedWrites(run, {
    id: 'expectation/stale-reads',
    allowedMs: numberFrom(parameters, 'withinSeconds') * 1000,
    of: () => true,
  });
