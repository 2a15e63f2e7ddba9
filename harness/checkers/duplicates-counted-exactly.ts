// Promise 2, counted: the target's books have exactly as many duplicates as deliveries were answered from the dedupe window.
import { duplicateAnswers } from '../engine/compare-witnesses.ts';
import type { RunData } from '../engine/run-data.ts';
import { indexOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/duplicates-counted-exactly';

export const duplicatesCountedExactly = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { lane: lanes } = index.rows;
  if (lanes.length === 0 || index.events.length === 0) return conclude(id, 'inconclusive', 'No lane was read back, or nothing was sent.');
  if (!run.historyComplete || !run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The history or the final state is not whole, so duplicates can not be counted.');
  const findings = createFindings();
  const { lowest, highest } = duplicateAnswers(index);
  const counted = lanes.reduce((sum, { duplicates }) => sum + duplicates, 0);
  const due = lowest === highest ? `${lowest}` : `${lowest} to ${highest}`;
  if (counted < lowest || counted > highest)
    findings.add(`the books count ${counted} duplicates, but ${due} deliveries were duplicates`, { rows: lanes });
  checkFlags(index, findings);
  return concludeFrom(id, findings, {
    good: `The books count ${counted} duplicates, as many as were delivered.`,
    bad: 'Duplicates are not counted as they were delivered.',
    measured: { value: counted, unit: 'duplicates', bound: `= ${due}` },
  });
};

/** Each acknowledged delivery but one says of itself that it is a duplicate, wherever no attempt of the event is in doubt. */
const checkFlags = ({ events }: RunIndex, findings: Findings): void => {
  for (const event of events) {
    const ok = event.operations.filter(({ outcome }) => outcome === 'ok');
    if (ok.length < 2 || event.operations.some(({ outcome }) => outcome === 'unknown')) continue;
    const flagged = ok.filter(({ duplicate }) => duplicate === true).length;
    if (flagged !== ok.length - 1)
      findings.add(`of ${ok.length} deliveries of event ${event.event} ${flagged} were answered as duplicates, not ${ok.length - 1}`, {
        operations: event.operations,
      });
  }
};
