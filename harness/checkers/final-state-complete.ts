// Validity: the final state was read back to its end.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude } from './check.ts';

const id = 'validity/final-state-complete';

export const finalStateComplete = ({ finalStateComplete: complete, finalState }: RunData): CheckResult =>
  complete
    ? conclude(id, 'pass', `The final state is whole: ${finalState.length} rows.`)
    : conclude(
        id,
        'inconclusive',
        `The final state is cut off or damaged after ${finalState.length} rows, so what became of the events is not known.`,
      );
