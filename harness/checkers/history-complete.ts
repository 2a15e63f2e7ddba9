// Validity: the history has its last line, so no operation of the driver is missing from it.
import type { RunData } from '../engine/run-data.ts';
import { type CheckResult, conclude } from './check.ts';

const id = 'validity/history-complete';

export const historyComplete = ({ historyComplete: complete, operations }: RunData): CheckResult =>
  complete
    ? conclude(id, 'pass', `The history is whole: ${operations.length} operations.`)
    : conclude(
        id,
        'inconclusive',
        `The history is cut off or damaged after ${operations.length} operations, so what clients were promised is not known.`,
      );
